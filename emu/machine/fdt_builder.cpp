#include "emu/machine/fdt_builder.h"

#include <initializer_list>

extern "C" {
#include <libfdt.h>
}

#include "emu/machine/memory_map.h"
#include "mmu/base/assert.h"

namespace emu {

namespace {

// Sequential writing with libfdt; running out of the (generous) buffer would be our bug.
class Writer {
public:
    explicit Writer(std::size_t capacity) : blob_(capacity) {
        check(fdt_create(blob_.data(), static_cast<int>(blob_.size())));
        check(fdt_finish_reservemap(blob_.data()));
    }
    void begin(const char* name) { check(fdt_begin_node(blob_.data(), name)); }
    void end() { check(fdt_end_node(blob_.data())); }
    void text(const char* name, const std::string& value) {
        check(fdt_property(blob_.data(), name, value.c_str(), static_cast<int>(value.size() + 1)));
    }
    void cells(const char* name, std::initializer_list<arch::u32> values) {
        std::vector<fdt32_t> big;
        for (const arch::u32 v : values) big.push_back(cpu_to_fdt32(v));
        check(fdt_property(blob_.data(), name, big.data(), static_cast<int>(big.size() * sizeof(fdt32_t))));
    }
    void range(const char* name, arch::u64 start, arch::u64 size) {
        cells(name, {hi(start), lo(start), hi(size), lo(size)});
    }
    void u64(const char* name, arch::u64 value) { cells(name, {hi(value), lo(value)}); }
    [[nodiscard]] std::vector<arch::u8> finish() {
        check(fdt_finish(blob_.data()));
        blob_.resize(fdt_totalsize(blob_.data()));
        return std::move(blob_);
    }

private:
    static arch::u32 hi(arch::u64 v) { return static_cast<arch::u32>(v >> 32); }
    static arch::u32 lo(arch::u64 v) { return static_cast<arch::u32>(v); }
    static void check(int error) { EMU_ASSERT(error == 0, "the device tree fits its buffer"); }

    std::vector<arch::u8> blob_;
};

void write_cpus(Writer& w) {
    w.begin("cpus");
    w.cells("#address-cells", {1});
    w.cells("#size-cells", {0});
    w.begin("cpu@0");
    w.text("device_type", "cpu");
    w.text("compatible", "arm,armv8");
    w.cells("reg", {0});
    w.text("enable-method", "psci");
    w.end();
    w.end();
    w.begin("psci");
    w.text("compatible", "arm,psci-1.0");
    w.text("method", "hvc");
    w.end();
}

void write_devices(Writer& w) {
    w.begin("pl011@9000000");
    w.text("compatible", "arm,pl011");
    w.range("reg", memory_map::kUartBase, memory_map::kUartSize);
    w.end();
}

void write_chosen(Writer& w, const DeviceTreeSpec& spec) {
    w.begin("chosen");
    w.text("bootargs", spec.bootargs);
    w.text("stdout-path", "/pl011@9000000");
    if (spec.initrd_end > spec.initrd_start) {
        w.u64("linux,initrd-start", spec.initrd_start);
        w.u64("linux,initrd-end", spec.initrd_end);
    }
    w.end();
}

}  // namespace

std::vector<arch::u8> build_device_tree(const DeviceTreeSpec& spec) {
    Writer w{spec.bootargs.size() + 8192};
    w.begin("");
    w.text("compatible", "linux,dummy-virt");
    w.cells("#address-cells", {2});
    w.cells("#size-cells", {2});
    w.begin("memory@40000000");
    w.text("device_type", "memory");
    w.range("reg", spec.ram_base, spec.ram_size);
    w.end();
    write_cpus(w);
    write_devices(w);
    write_chosen(w, spec);
    w.end();
    return w.finish();
}

}  // namespace emu
