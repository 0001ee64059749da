#include "kernel_model/process/exec_stack.h"

#include <initializer_list>

#include "kernel_model/lib/random.h"
#include "kernel_model/mm/address_space.h"
#include "kernel_model/mm/kernel_options.h"
#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/boot/text.h"
#include "kernel_model/process/elf.h"
#include "kernel_model/process/hwcap.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kPage = 4096;
constexpr u64 kStackExpand = 131072;  // Linux: setup_arg_pages(), stack_expand
constexpr u64 kRandomBytes = 16;
constexpr u64 kClockTicks = 100;

// Where a seeded run starts its stacks; nothing is moved without a seed. Linux: randomize_stack_top(), of which this takes
// 8 MiB in place of 16 GiB, and arch_align_stack().
struct StackOffset {
    u64 region{0};  // bytes below the end of the address space, whole pages
    u64 words{0};   // bytes between the strings and the words below them
};
StackOffset stack_offset(u64 seed) {
    if (seed == 0) return {};
    Random random{seed};
    const u64 pages = random.below(2048);
    return {pages * kPage, arch::align_down(random.below(kPage), 16)};
}

// Eight-byte words, upwards from the final stack pointer.
class WordWriter {
public:
    explicit WordWriter(u64 at) : at_{at} {}
    void put(u64 word) {
        ok_ = ok_ && put_user(word, at_);
        at_ += sizeof word;
    }
    void put(u64 key, u64 value) {
        put(key);
        put(value);
    }
    [[nodiscard]] bool ok() const { return ok_; }

private:
    u64 at_;
    bool ok_{true};
};

// What stands above the words: user addresses.
struct Texts {
    u64 strings, path, platform, random_bytes;
};
constexpr char kPlatform[] = "aarch64";
constexpr u64 kMinimumSignalStack = 4720;  // a signal frame with floating point. Linux: signal_minsigstksz

void put_auxiliary_vector(WordWriter& out, const ProgramFacts& facts, const Texts& texts) {
    const HardwareCapabilities capabilities = hardware_capabilities();
    out.put(elf::AT_MINSIGSTKSZ, kMinimumSignalStack);
    out.put(elf::AT_HWCAP, capabilities.hwcap);
    out.put(elf::AT_PAGESZ, kPage);
    out.put(elf::AT_CLKTCK, kClockTicks);
    out.put(elf::AT_PHDR, facts.program_headers);
    out.put(elf::AT_PHENT, sizeof(elf::ProgramHeader));
    out.put(elf::AT_PHNUM, facts.program_header_count);
    out.put(elf::AT_BASE, 0);
    out.put(elf::AT_FLAGS, 0);
    out.put(elf::AT_ENTRY, facts.entry);
    for (const u64 id : {elf::AT_UID, elf::AT_EUID, elf::AT_GID, elf::AT_EGID}) out.put(id, 0);
    out.put(elf::AT_SECURE, 0);
    out.put(elf::AT_RANDOM, texts.random_bytes);
    out.put(elf::AT_HWCAP2, capabilities.hwcap2);
    out.put(elf::AT_EXECFN, texts.path);
    out.put(elf::AT_PLATFORM, texts.platform);
    out.put(elf::AT_NULL, 0);
}
constexpr u64 kAuxiliaryWords = 2 * 20;

void put_words(WordWriter& out, const ExecStrings& strings, u64 text) {
    out.put(strings.argument_count());
    unsigned i = 0;
    for (; i < strings.argument_count(); ++i) out.put(text + strings.offset(i));
    out.put(0);
    for (; i < strings.argument_count() + strings.environment_count(); ++i) out.put(text + strings.offset(i));
    out.put(0);
}

bool fill(const ExecStrings& strings, const ProgramFacts& facts, u64 top, u64 gap, u64& sp) {
    const u64 path_bytes = length_of(facts.path) + 1;
    Texts texts;
    texts.path = top - sizeof(u64) - path_bytes;
    texts.strings = texts.path - strings.size();
    texts.platform = arch::align_down(texts.strings, 16) - arch::align_up(sizeof kPlatform, 16);
    texts.random_bytes = texts.platform - kRandomBytes;
    const u64 words = 1 + strings.argument_count() + 1 + strings.environment_count() + 1 + kAuxiliaryWords;
    sp = arch::align_down(texts.random_bytes - gap - words * sizeof(u64), 16);
    if (!copy_to_user(texts.path, facts.path, path_bytes) || !copy_to_user(texts.strings, strings.bytes(), strings.size()) ||
        !put_user(kPlatform, texts.platform))
        return false;
    // Not random: two runs are to be the same.
    if (!put_user(u64{0x0123456789abcdef}, texts.random_bytes) || !put_user(u64{0xfedcba9876543210}, texts.random_bytes + 8))
        return false;

    WordWriter out{sp};
    put_words(out, strings, texts.strings);
    put_auxiliary_vector(out, facts, texts);
    return out.ok();
}

}  // namespace

// As Linux does, the region is one page while it is filled, so that these first pages are never a large folio, and
// is given its usual length afterwards.
bool make_stack(AddressSpace& mm, const ExecStrings& strings, const ProgramFacts& facts, u64& sp) {
    constexpr u64 kFlags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN;
    const StackOffset offset = stack_offset(kernel_options.seed);
    const u64 top = mm.task_size - offset.region;
    if (do_mmap(mm, top - kPage, kPage, PROT_READ | PROT_WRITE, kFlags, nullptr, 0) < 0) return false;
    if (!fill(strings, facts, top, offset.words, sp)) return false;
    mm.start_stack = sp;
    return expand_stack(*find_vma(mm, sp), arch::align_down(sp, kPage) - kStackExpand) == 0;
}

}  // namespace km
