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

std::string leaf_text(Descriptor d, arch::TableFormat format) {
    std::string text = d.test<Descriptor::AP1>() ? " user" : " kernel";
    text += d.test<Descriptor::AP2>() ? " read-only" : " read-write";
    if (d.test<Descriptor::DBM>()) text += " DBM";
    if (!d.test<Descriptor::UXN>()) text += " exec-el0";
    if (!d.test<Descriptor::PXN>()) text += " exec-el1";
    text += d.test<Descriptor::nG>() ? " nG" : " global";
    text += d.test<Descriptor::AF>() ? " AF" : " old";
    if (d.test<Descriptor::Contiguous>()) text += " contiguous";
    text += " attr" + std::to_string(d.get<Descriptor::AttrIndx>());
    if (format.layout == arch::AddressLayout::Bits52Ds) return text;  // no SH: TCR_EL1 has it
    return text + " sh" + std::to_string(d.get<Descriptor::SH>());
}

}  // namespace

std::string descriptor_text(Descriptor d, arch::TableFormat format, int level) {
    const std::string at = " level " + std::to_string(level);
    switch (d.type_at(format, level)) {
        case DescriptorType::Invalid: return "invalid";
        case DescriptorType::Table: return "table " + hex(d.next_table(format)) + at;
        case DescriptorType::Block: return "block " + hex(d.output_address(format, level)) + at + leaf_text(d, format);
        case DescriptorType::Page: return "page " + hex(d.output_address(format, level)) + leaf_text(d, format);
    }
    return "";
}

}  // namespace emu
