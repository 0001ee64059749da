#include "kernel_model/process/signal_frame.h"

#include "kernel_model/mm/mman.h"
#include "kernel_model/mm/syscalls_mm.h"
#include "kernel_model/process/fpsimd.h"
#include "kernel_model/process/user_access.h"

extern "C" const arch::u8 signal_return_start[], signal_return_end[];

namespace km {
namespace {

using arch::u32;
using arch::u8;

constexpr u64 kPage = 4096;
constexpr u64 kStackAlignment = 16;

// Linux: siginfo_t; the union's fields that are used.
struct UserSignalInfo {
    int signo, error, code, pad;
    u64 words[14];
};
static_assert(sizeof(UserSignalInfo) == 128);

struct RecordHeader {
    u32 magic, size;
};
struct FpsimdRecord {
    RecordHeader header;
    u32 fpsr, fpcr;
    u64 v[64];
};
static_assert(sizeof(FpsimdRecord) == 528);
constexpr u32 kFpsimdMagic = 0x46508001, kEsrMagic = 0x45535201;
struct EsrRecord {
    RecordHeader header;
    u64 esr;
};

struct SignalContext {
    u64 fault_address;
    u64 regs[31];
    u64 sp, pc, pstate;
    u64 pad;
    u8 reserved[4096];  // records, ended by one of zeros
};
static_assert(offsetof(SignalContext, reserved) % kStackAlignment == 0);

struct UserContext {
    u64 flags, link;
    SignalStack stack;
    u64 mask;
    u8 unused[120];
    u64 pad;
    SignalContext context;
};
static_assert(offsetof(UserContext, context) == 176);

struct Frame {
    UserSignalInfo info;
    UserContext user;
};
struct FrameRecord {
    u64 fp, lr;
};

constexpr u64 kContextOffset = offsetof(Frame, user) + offsetof(UserContext, context);
constexpr u64 kRecordsOffset = kContextOffset + offsetof(SignalContext, reserved);
constexpr u64 kMaskOffset = offsetof(Frame, user) + offsetof(UserContext, mask);

bool on_stack(const SignalStack& stack, u64 sp) { return sp > stack.base && sp - stack.base <= stack.size; }

u64 stack_top(const Task& task, const SignalAction& action, const PtRegs& regs) {
    constexpr u64 kDisabled = 2;
    const SignalStack& stack = task.signals->stack;
    const bool wanted = (action.flags & SA_ONSTACK) != 0 && (stack.flags & kDisabled) == 0;
    const u64 top = wanted && !on_stack(stack, regs.sp) ? stack.base + stack.size : regs.sp;
    return arch::align_down(top, kStackAlignment);
}

bool is_fault(int signal) {
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGTRAP || signal == SIGFPE;
}

UserSignalInfo user_info(int signal, const SignalInfo& info) {
    UserSignalInfo out{};
    out.signo = signal;
    out.code = info.code;
    if (is_fault(signal) && info.code > 0) {
        out.words[0] = info.address;
        return out;
    }
    out.words[0] = static_cast<u32>(info.pid);
    out.words[1] = static_cast<u32>(info.status);
    return out;
}

// The records after the registers: floating point, the syndrome of a fault, the end.
bool put_records(u64 at, const SignalInfo& info) {
    if (fpsimd_exists()) {
        FpsimdRecord record{{kFpsimdMagic, sizeof record}, 0, 0, {}};
        if (const FpState* fp = fpsimd_saved()) {
            record.fpsr = fp->fpsr;
            record.fpcr = fp->fpcr;
            __builtin_memcpy(record.v, fp->v, sizeof record.v);
        }
        if (!put_user(record, at)) return false;
        at += sizeof record;
    }
    if (info.syndrome != 0) {
        const EsrRecord record{{kEsrMagic, sizeof record}, info.syndrome};
        if (!put_user(record, at)) return false;
        at += sizeof record;
    }
    return put_user(RecordHeader{0, 0}, at);
}

bool put_context(const Task& task, u64 frame, const SignalInfo& info, const PtRegs& regs) {
    const u64 context = frame + kContextOffset;
    const u64 user = frame + offsetof(Frame, user);
    const u64 head[] = {0, 0, task.signals->stack.base, task.signals->stack.flags, task.signals->stack.size,
                        task.restore_mask ? task.saved_mask : task.signals_blocked};
    return put_user(head, user) && put_user(info.address, context) &&
           copy_to_user(context + offsetof(SignalContext, regs), regs.regs, sizeof regs.regs) &&
           put_user(regs.sp, context + offsetof(SignalContext, sp)) &&
           put_user(regs.pc, context + offsetof(SignalContext, pc)) &&
           put_user(regs.pstate, context + offsetof(SignalContext, pstate)) && put_records(frame + kRecordsOffset, info);
}

File* return_code;

// The page that a handler returns through; Linux's is in its vDSO, which is always there. 0: no memory.
u64 return_page(AddressSpace& mm) {
    if (mm.signal_return != 0) return mm.signal_return;
    if (return_code == nullptr)
        return_code = file_create(signal_return_start, static_cast<u64>(signal_return_end - signal_return_start));
    if (return_code == nullptr) return 0;
    const i64 mapped = do_mmap(mm, 0, kPage, PROT_READ | PROT_EXEC, MAP_SHARED, return_code, 0);
    mm.signal_return = mapped < 0 ? 0 : static_cast<u64>(mapped);
    return mm.signal_return;
}

bool take_records(u64 at) {
    RecordHeader header{};
    if (!get_user(header, at)) return false;
    if (header.magic != kFpsimdMagic || header.size != sizeof(FpsimdRecord)) return header.magic == 0 || header.magic == kEsrMagic;
    FpsimdRecord record;
    if (!fpsimd_exists() || !get_user(record, at)) return false;
    FpState state;
    state.fpsr = record.fpsr;
    state.fpcr = record.fpcr;
    __builtin_memcpy(state.v, record.v, sizeof record.v);
    return fpsimd_set(state);
}

// Of the saved state a program may change the condition flags, SSBS and DIT. Linux: valid_user_regs().
u64 user_pstate(u64 pstate) {
    constexpr u64 kFlags = 0xf0000000, kSsbs = u64{1} << 12, kDit = u64{1} << 24;
    return pstate & (kFlags | kSsbs | kDit);
}

}  // namespace

bool push_signal_frame(Task& task, int signal, const SignalAction& action, PtRegs& regs) {
    static constexpr SignalInfo kNone{};
    const SignalInfo& info = signal < 32 ? task.signals->info[signal] : kNone;
    const u64 record = stack_top(task, action, regs) - sizeof(FrameRecord);
    const u64 frame = arch::align_down(record - sizeof(Frame), kStackAlignment);
    const u64 restorer = (action.flags & SA_RESTORER) != 0 ? action.restorer : return_page(*task.mm);
    if (restorer == 0 || !put_user(user_info(signal, info), frame) || !put_context(task, frame, info, regs) ||
        !put_user(FrameRecord{regs.regs[29], regs.regs[30]}, record))
        return false;
    regs.regs[0] = static_cast<u64>(signal);
    if ((action.flags & SA_SIGINFO) != 0) {
        regs.regs[1] = frame;
        regs.regs[2] = frame + offsetof(Frame, user);
    }
    regs.regs[29] = record;
    regs.regs[30] = restorer;
    regs.sp = frame;
    regs.pc = action.handler;
    return true;
}

bool pop_signal_frame(Task& task, PtRegs& regs) {
    const u64 frame = regs.sp, context = frame + kContextOffset;
    u64 mask = 0;
    if (frame % kStackAlignment != 0 || !get_user(mask, frame + kMaskOffset) || !take_records(frame + kRecordsOffset) ||
        !copy_from_user(regs.regs, context + offsetof(SignalContext, regs), sizeof regs.regs) ||
        !get_user(regs.sp, context + offsetof(SignalContext, sp)) ||
        !get_user(regs.pc, context + offsetof(SignalContext, pc)) ||
        !get_user(regs.pstate, context + offsetof(SignalContext, pstate)))
        return false;
    regs.pstate = user_pstate(regs.pstate);
    regs.syscallno = ~u64{0};
    task.signals_blocked = mask & ~(signal_bit(SIGKILL) | signal_bit(SIGSTOP));
    recalculate_pending(task);
    return true;
}

void drop_signal_return_page() {
    if (return_code != nullptr) file_put(return_code);
    return_code = nullptr;
}

}  // namespace km
