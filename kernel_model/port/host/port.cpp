#include "kernel_model/port/port.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace km::port {

Features features;
Arena arena;
Recorder recorder;

namespace {
constexpr std::size_t kPage = 4096;
constexpr std::size_t kAlignment = 2u << 20;
constexpr int kUnwrittenMemory = 0xA5;
}  // namespace

void make_arena(u64 bytes) {
    std::free(arena.base);
    arena.base = static_cast<u8*>(std::aligned_alloc(kAlignment, bytes));
    if (arena.base == nullptr) panic("no host memory for the arena");
    arena.bytes = bytes;
    std::memset(arena.base, kUnwrittenMemory, bytes);
}

void Recorder::access(Event::Kind kind, const u64* slot, u64 old, u64 value) {
    Event event;
    event.kind = kind;
    event.level = level_of != nullptr ? level_of(slot) : -1;
    event.slot = slot;
    event.old_value = old;
    event.new_value = value;
    events.push_back(event);
}

void Recorder::tlbi(TlbiOp op, u64 operand) {
    Event event;
    event.kind = Event::Kind::Tlbi;
    event.tlbi = op;
    event.operand = operand;
    events.push_back(event);
}

void Recorder::barrier(port::Barrier kind) {
    Event event;
    event.kind = Event::Kind::Barrier;
    event.barrier = kind;
    events.push_back(event);
}

void Recorder::install(u64 table_pa, u16 asid) {
    Event event;
    event.kind = Event::Kind::InstallAddressSpace;
    event.new_value = table_pa;
    event.operand = asid;
    events.push_back(event);
}

void install_address_space(u64 table_pa, u16 asid) {
    if (recorder.enabled) recorder.install(table_pa, asid);
}
void zero_page(void* page) { std::memset(page, 0, kPage); }
void copy_page(void* to, const void* from) { std::memcpy(to, from, kPage); }
void console_write(const char* text, std::size_t length) { std::fwrite(text, 1, length, stderr); }
void panic(const char* message) {
    std::fprintf(stderr, "guest kernel panic: %s\n", message);
    std::abort();
}

}  // namespace km::port
