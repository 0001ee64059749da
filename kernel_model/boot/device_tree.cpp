#include "kernel_model/boot/device_tree.h"

#include <cstddef>

#include "kernel_model/boot/text.h"

namespace km {
namespace {

constexpr u32 kMagic = 0xd00dfeed;
constexpr u32 kBeginNode = 1;
constexpr u32 kEndNode = 2;
constexpr u32 kProperty = 3;
constexpr u32 kNop = 4;
constexpr unsigned kMaxDepth = 8;

u32 big32(const u8* at) { return u32{at[0]} << 24 | u32{at[1]} << 16 | u32{at[2]} << 8 | u32{at[3]}; }

u64 cells(const u8* at, u32 count) {
    u64 value = 0;
    for (u32 i = 0; i < count; ++i) value = value << 32 | big32(at + 4 * i);
    return value;
}

struct Property {
    const char* name;
    const u8* value;
    u32 length;
};

// Of the node that is being read. #address-cells and #size-cells of a node speak about its children.
struct Node {
    const char* name;
    bool is_pl011;
    const u8* reg;
    u32 reg_length;
    u32 address_cells;
    u32 size_cells;
};

bool list_contains(const Property& list, const char* text) {
    const char* at = reinterpret_cast<const char*>(list.value);
    const char* const end = at + list.length;
    for (; at < end; at += length_of(at) + 1)
        if (equal(at, text)) return true;
    return false;
}

class Reader {
public:
    Reader(const u8* tree, DeviceTree& out)
        : structure_{tree + big32(tree + 8)}, strings_{reinterpret_cast<const char*>(tree) + big32(tree + 12)}, out_{out} {}

    bool read() {
        for (const u8* at = structure_;;) {
            const u32 token = big32(at);
            at += 4;
            if (token == kBeginNode) {
                if (depth_ == kMaxDepth) return false;
                const char* name = reinterpret_cast<const char*>(at);
                stack_[depth_++] = Node{name, false, nullptr, 0, 2, 1};
                at += arch::align_up(length_of(name) + 1, 4);
            } else if (token == kEndNode) {
                if (depth_ == 0) return false;
                finish(stack_[depth_ - 1]);
                if (--depth_ == 0) return true;
            } else if (token == kProperty) {
                if (depth_ == 0) return false;
                const u32 length = big32(at);
                take(stack_[depth_ - 1], {strings_ + big32(at + 4), at + 8, length});
                at += 8 + arch::align_up(length, 4);
            } else if (token != kNop) {
                return false;
            }
        }
    }

private:
    void take(Node& node, const Property& p) {
        if (equal(p.name, "#address-cells")) node.address_cells = big32(p.value);
        if (equal(p.name, "#size-cells")) node.size_cells = big32(p.value);
        if (equal(p.name, "compatible")) node.is_pl011 = list_contains(p, "arm,pl011");
        if (equal(p.name, "reg")) {
            node.reg = p.value;
            node.reg_length = p.length;
        }
        if (depth_ != 2) return;
        if (equal(node.name, "chosen")) take_chosen(p);
        if (equal(node.name, "psci") && equal(p.name, "method")) out_.psci_by_smc = list_contains(p, "smc");
    }

    void take_chosen(const Property& p) {
        if (equal(p.name, "bootargs")) out_.bootargs = reinterpret_cast<const char*>(p.value);
        if (equal(p.name, "linux,initrd-start")) out_.initrd.start = cells(p.value, p.length / 4);
        if (equal(p.name, "linux,initrd-end")) out_.initrd.end = cells(p.value, p.length / 4);
    }

    void finish(const Node& node) {
        if (depth_ < 2 || node.reg == nullptr) return;
        const Node& parent = stack_[depth_ - 2];
        if (node.is_pl011 && out_.uart == 0) out_.uart = cells(node.reg, parent.address_cells);
        if (depth_ == 2 && (starts_with(node.name, "memory@") || equal(node.name, "memory"))) add_memory(node, parent);
    }

    void add_memory(const Node& node, const Node& parent) {
        const u32 pair = 4 * (parent.address_cells + parent.size_cells);
        for (u32 at = 0; pair != 0 && at + pair <= node.reg_length && out_.ram_count < DeviceTree::kMaxRam; at += pair) {
            const u64 start = cells(node.reg + at, parent.address_cells);
            const u64 bytes = cells(node.reg + at + 4 * parent.address_cells, parent.size_cells);
            out_.ram[out_.ram_count++] = {start, start + bytes};
        }
    }

    const u8* structure_;
    const char* strings_;
    DeviceTree& out_;
    Node stack_[kMaxDepth];
    unsigned depth_{0};
};

}  // namespace

u64 device_tree_size(const void* tree) {
    const u8* header = static_cast<const u8*>(tree);
    return big32(header) == kMagic ? big32(header + 4) : 0;
}

bool read_device_tree(const void* tree, DeviceTree& out) {
    const u8* header = static_cast<const u8*>(tree);
    constexpr u32 kOldestVersionUnderstood = 17;
    if (device_tree_size(tree) == 0 || big32(header + 20) < kOldestVersionUnderstood) return false;
    return Reader{header, out}.read();
}

}  // namespace km
