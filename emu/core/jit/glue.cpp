#include "emu/core/jit/glue.h"

#include <xbyak/xbyak.h>

#include <cstddef>

#include "emu/core/exec/handlers.h"
#include "emu/core/jit/jit.h"
#include "emu/core/mode.h"

namespace emu::jit {

namespace {

// What pe.host_flags is for each NZCV: AH as LAHF gives it (N, Z, and the carry inverted), AL is V.
constexpr std::array<u16, 16> kHostFlags = [] {
    std::array<u16, 16> out{};
    for (unsigned f = 0; f < 16; ++f)
        out[f] = static_cast<u16>((f >> 3 & 1) << 15 | (f >> 2 & 1) << 14 | (~f >> 1 & 1) << 8 | (f & 1));
    return out;
}();

class Glue : public Xbyak::CodeGenerator {
public:
    Glue(Surroundings& around, std::uint8_t* at, std::size_t size) : CodeGenerator{size, at}, around_{around} {
        emit_leave();
        emit_interpret();
        emit_go_to_page();
        emit_go_indirect();
        emit_call_handler();
        emit_enter();
    }

private:
    template <class F>
    static u64 address_of(F* f) {
        return reinterpret_cast<std::uintptr_t>(f);
    }
    Xbyak::Address member(std::size_t offset) { return qword[rbp + offset]; }
    Xbyak::Address clock() { return qword[rbp + static_cast<std::size_t>(around_.data_clock)]; }

    // Everything that generated code keeps in host registers goes to the Pe. Uses rax.
    void store_state() {
        mov(rax, member(offsetof(Pe, run_limit)));
        sub(rax, r14);
        mov(member(offsetof(Pe, retired)), rax);
        mov(member(offsetof(Pe, pending_fetches)), r15);
        mov(clock(), r12);
        movzx(eax, word[rbp + offsetof(Pe, host_flags)]);
        and_(eax, 0xc101);
        imul(eax, eax, 0x1021'0000);  // each bit to its place in NZCV
        and_(eax, 0xf000'0000);
        xor_(eax, 0x2000'0000);
        mov(dword[rbp + offsetof(Pe, nzcv)], eax);
    }
    // The reverse. Uses rax and rcx.
    void load_state() {
        mov(eax, dword[rbp + offsetof(Pe, nzcv)]);
        shr(eax, 28);
        mov(rcx, address_of(kHostFlags.data()));
        movzx(eax, word[rcx + rax * 2]);
        mov(word[rbp + offsetof(Pe, host_flags)], ax);
        mov(r14, member(offsetof(Pe, run_limit)));
        sub(r14, member(offsetof(Pe, retired)));
        mov(r15, member(offsetof(Pe, pending_fetches)));
        mov(r12, clock());
    }
    void push_frame() {
        for (const auto& r : {rbx, rbp, r12, r13, r14, r15}) push(r);
        sub(rsp, 8);  // calls find the stack aligned
    }
    void pop_frame() {
        add(rsp, 8);
        for (const auto& r : {r15, r14, r13, r12, rbp, rbx}) pop(r);
    }
    // rax = the handler of rsi's row.
    void load_handler() {
        static_assert(sizeof(HandlerPair) == 16);
        movzx(eax, word[rsi + offsetof(DecodedOp, encoding)]);
        shl(eax, 4);
        mov(rcx, address_of(kHandlers.data()));
        mov(rax, qword[rcx + rax + offsetof(HandlerPair, plain)]);
    }

    // From the interpreter, which calls this as a handler: rdi the Pe, rsi the operation. Ends its straight run.
    void emit_enter() {
        around_.enter = reinterpret_cast<Handler>(reinterpret_cast<std::uintptr_t>(getCurr()));
        push_frame();
        mov(rbp, rdi);
        mov(rdx, rsi);
        mov(rcx, member(offsetof(Pe, run_start)));
        sub(rdx, rcx);
        sar(rdx, 6);
        static_assert(sizeof(DecodedOp) == 64);
        add(member(offsetof(Pe, retired)), rdx);
        movzx(eax, word[rsi + offsetof(DecodedOp, page_offset)]);
        movzx(ecx, word[rcx + offsetof(DecodedOp, page_offset)]);
        shr(eax, static_cast<int>(around_.fetch_shift));
        shr(ecx, static_cast<int>(around_.fetch_shift));
        sub(eax, ecx);
        add(member(offsetof(Pe, pending_fetches)), rax);
        load_state();
        jmp(qword[rsi + offsetof(DecodedOp, translated)]);
    }
    void emit_leave() {
        around_.leave = getCurr();
        leave_for(&interpret_from);
        around_.other_mode = getCurr();
        leave_for(&translate_anew);
    }
    void leave_for(Handler function) {
        store_state();
        mov(member(offsetof(Pe, run_start)), rsi);
        mov(rdi, rbp);
        pop_frame();
        mov(rax, address_of(function));
        jmp(rax);
    }
    void emit_interpret() {
        around_.interpret = getCurr();
        store_state();
        mov(member(offsetof(Pe, run_start)), rsi);
        load_handler();
        mov(rdi, rbp);
        pop_frame();
        jmp(rax);
    }
    void emit_go_to_page() {
        around_.go_to_page = getCurr();
        mov(rsi, rax);
        store_state();
        mov(rdi, rbp);
        mov(rax, address_of(&enter_page_of));
        call(rax);
        Xbyak::Label out;
        test(rax, rax);
        jz(out);
        mov(rsi, rax);
        mov(r14, member(offsetof(Pe, run_limit)));
        sub(r14, member(offsetof(Pe, retired)));
        mov(r15, member(offsetof(Pe, pending_fetches)));
        jmp(qword[rsi + offsetof(DecodedOp, translated)]);
        L(out);
        pop_frame();
        ret();
    }
    // Inside the page where the address says so and the limit allows it: see Plain::branch.
    void emit_go_indirect() {
        around_.go_indirect = getCurr();
        mov(rcx, rax);
        sub(rcx, member(offsetof(Pe, page_va)));
        test(rcx, 0xffff'f003);  // sign-extended
        jnz(around_.go_to_page);
        test(r14, r14);
        jle(around_.go_to_page);
        inc(r15);
        shl(rcx, 4);
        add(rcx, member(offsetof(Pe, page_ops)));
        mov(rsi, rcx);
        jmp(qword[rsi + offsetof(DecodedOp, translated)]);
    }
    // The handler executes a copy of the operation, which is followed by one that says it was reached.
    void emit_call_handler() {
        Xbyak::Label gone;
        around_.call_handler = getCurr();
        store_state();
        mov(rcx, address_of(around_.called.data()));
        for (int i = 0; i < 4; ++i) movaps(Xbyak::Xmm{i}, xword[rsi + 16 * static_cast<std::size_t>(i)]);
        for (int i = 0; i < 4; ++i) movaps(xword[rcx + 16 * static_cast<std::size_t>(i)], Xbyak::Xmm{i});
        mov(rsi, rcx);
        mov(member(offsetof(Pe, run_start)), rsi);
        mov(byte[rbp + offsetof(Pe, handler_went_on)], 0);
        load_handler();
        mov(rdi, rbp);
        call(rax);
        cmp(byte[rbp + offsetof(Pe, handler_went_on)], 0);
        je(gone);
        load_state();
        ret();
        L(gone);
        add(rsp, 16);  // out of the region
        pop_frame();
        ret();
    }

    Surroundings& around_;
};

void go_on(Pe& pe, const DecodedOp*) { pe.handler_went_on = true; }

}  // namespace

std::size_t write_glue(Surroundings& around, std::uint8_t* at, std::size_t size) {
    around.called[1].plain = &go_on;
    around.host_flags = kHostFlags.data();
    const Glue glue{around, at, size};
    return glue.getSize();
}

}  // namespace emu::jit
