#include "emu/check/descriptor_text.h"

#include <cinttypes>
#include <cstdio>

namespace emu {

namespace {

using arch::Descriptor;
using arch::DescriptorType;

std::string hex(arch::u64 value) {
    char text[20];
    std::snprintf(text, sizeof text, "%" PRIx64, value);
    return text;
}

std::string leaf_text(Descriptor d) {
    std::string text = d.test<Descriptor::AP1>() ? " user" : " kernel";
    text += d.test<Descriptor::AP2>() ? " read-only" : " read-write";
    if (d.test<Descriptor::DBM>()) text += " DBM";
    if (!d.test<Descriptor::UXN>()) text += " exec-el0";
    if (!d.test<Descriptor::PXN>()) text += " exec-el1";
    text += d.test<Descriptor::nG>() ? " nG" : " global";
    text += d.test<Descriptor::AF>() ? " AF" : " old";
    if (d.test<Descriptor::Contiguous>()) text += " contiguous";
    return text + " attr" + std::to_string(d.get<Descriptor::AttrIndx>()) + " sh" + std::to_string(d.get<Descriptor::SH>());
}

}  // namespace

std::string descriptor_text(Descriptor d, arch::Granule granule, int level) {
    const std::string at = " level " + std::to_string(level);
    switch (d.type_at(granule, level)) {
        case DescriptorType::Invalid: return "invalid";
        case DescriptorType::Table: return "table " + hex(d.next_table(granule)) + at;
        case DescriptorType::Block: return "block " + hex(d.output_address(granule, level)) + at + leaf_text(d);
        case DescriptorType::Page: return "page " + hex(d.output_address(granule, level)) + leaf_text(d);
    }
    return "";
}

}  // namespace emu
