// A line is a head (task, time) and a body (event name and fields). The heads differ by tool, the bodies hardly:
//   ftrace       `  sort-645   [000] d....   477.5: BODY`      comm may hold spaces and dashes
//   trace-cmd    `  sort-645   [000]   477.5: BODY`
//   perf script  `  gcc 27580/27580 [000]  4415.9:  exceptions:BODY`
//   perf script  `  tiny 17176  1852.848697108:     ADDRESS IP`      (software event page-faults)
//   perf trace   `     0.038 ( 0.000 ms): tiny/17228 minfault [sym+0x0] => 0xADDRESS (?k)`
#include "emu/trace/line_parser.h"

#include <array>
#include <utility>

#include "emu/trace/text_scan.h"

namespace emu::trace {

namespace {

struct Line {
    std::uint32_t task{0};
    std::string_view body;
};

constexpr ParsedLine kIgnored{LineVerdict::Ignored, {}};
constexpr ParsedLine kBad{LineVerdict::Bad, {}};

ParsedLine parsed(const Event& event) { return {LineVerdict::Parsed, event}; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// `NUMBER.NUMBER: ` at the end of the head; returns what follows.
std::optional<std::string_view> after_time(std::string_view text) {
    text = trim_left(text);
    const auto end = text.find_first_not_of("0123456789.");
    if (end == std::string_view::npos || end == 0 || text[end] != ':') return std::nullopt;
    return trim_left(text.substr(end + 1));
}

// The flags column of ftrace, if any, then the time.
std::optional<std::string_view> after_flags_and_time(std::string_view text) {
    text = trim_left(text);
    if (!text.empty() && !is_digit(text[0])) {
        const auto space = text.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        text.remove_prefix(space);
    } else if (const auto space = text.find(' '); space != std::string_view::npos && text.find('.') > space) {
        text.remove_prefix(space);  // a flags column that happens to start with a digit
    }
    return after_time(text);
}

// The task number that ends `text` (`comm-645`, `comm 27580/27580`, `comm 645`).
std::optional<std::uint32_t> trailing_task(std::string_view text) {
    const auto last = text.find_last_not_of(' ');
    if (last == std::string_view::npos) return std::nullopt;
    text = text.substr(0, last + 1);
    const auto before = text.find_last_not_of("0123456789");
    if (before == std::string_view::npos || before + 1 == text.size()) return std::nullopt;
    if (text[before] != '-' && text[before] != '/' && text[before] != ' ') return std::nullopt;
    std::string_view digits = text.substr(before + 1);
    return take_decimal(digits);
}

// Heads with a CPU column: ftrace, trace-cmd, perf script.
std::optional<Line> split_with_cpu(std::string_view line) {
    for (auto open = line.find(" ["); open != std::string_view::npos; open = line.find(" [", open + 1)) {
        std::string_view rest = line.substr(open + 2);
        if (!take_decimal(rest) || !rest.starts_with("]")) continue;
        const auto task = trailing_task(line.substr(0, open));
        const auto body = after_flags_and_time(rest.substr(1));
        if (task && body) return Line{*task, *body};
    }
    return std::nullopt;
}

ParsedLine parse_fault(const Line& line, std::string_view fields, bool kernel) {
    Event e;
    e.kind = EventKind::Fault;
    e.task = line.task;
    e.kernel = kernel;
    const auto address = find_hex(fields, "address=");
    if (!address) return kBad;
    e.address = *address;
    if (const auto flags = find_hex(fields, "fault_flags=")) {
        e.fault_flags = static_cast<std::uint32_t>(*flags);
    } else if (const auto code = find_hex(fields, "error_code=")) {
        // x86: bit 1 write, bit 4 instruction fetch.
        e.fault_flags = ((*code & 2) != 0 ? kFaultWrite : 0) | ((*code & 16) != 0 ? kFaultInstruction : 0);
    } else {
        return kBad;
    }
    const auto start = find_hex(fields, "vm_start=");
    const auto end = find_hex(fields, "vm_end=");
    const auto flags = find_hex(fields, "vm_flags=");
    const auto pgoff = find_hex(fields, "vm_pgoff=");
    const auto file = find_hex(fields, "vm_file=");
    if (start && end && flags && pgoff && file) {
        if (*start >= *end || *address < *start || *address >= *end) return kBad;
        e.region = {true, *start, *end, *flags, *pgoff, *file};
    } else if (start || end || flags) {
        return kBad;
    }
    return parsed(e);
}

ParsedLine parse_fault_return(const Line& line, std::string_view fields) {
    Event e;
    e.kind = EventKind::FaultReturn;
    e.task = line.task;
    const auto result = find_hex(fields, "ret=");
    if (!result) return kBad;
    e.result = *result;
    e.from_get_user_pages = fields.find("__get_user_pages") != std::string_view::npos;
    return parsed(e);
}

struct CallName {
    std::string_view name;
    Syscall call;
    std::array<std::string_view, 5> arguments;
};
constexpr CallName kCalls[] = {
    {"mmap", Syscall::mmap, {"addr: ", "len: ", "prot: ", "flags: ", "fd: "}},
    {"munmap", Syscall::munmap, {"addr: ", "len: "}},
    {"mprotect", Syscall::mprotect, {"start: ", "len: ", "prot: "}},
    {"mremap", Syscall::mremap, {"addr: ", "old_len: ", "new_len: ", "flags: ", "new_addr: "}},
    {"madvise", Syscall::madvise, {"start: ", "len_in: ", "behavior: "}},
    {"brk", Syscall::brk, {"brk: "}},
    {"clone", Syscall::clone, {"clone_flags: "}},
    {"clone3", Syscall::clone3, {}},
    {"execve", Syscall::execve, {}},
    {"exit", Syscall::exit, {}},
    {"exit_group", Syscall::exit_group, {}},
};

const CallName* find_call(std::string_view name) {
    for (const CallName& c : kCalls) {
        if (c.name == name) return &c;
    }
    return nullptr;
}

ParsedLine parse_call_enter(const Line& line, std::string_view name, std::string_view fields) {
    const CallName* call = find_call(name);
    if (call == nullptr) return kIgnored;
    Event e;
    e.kind = EventKind::SyscallEnter;
    e.task = line.task;
    e.call = call->call;
    for (std::size_t i = 0; i < call->arguments.size() && !call->arguments[i].empty(); ++i) {
        const auto value = find_hex(fields, call->arguments[i]);
        if (!value) return kBad;
        e.argument[i] = *value;
    }
    if (e.call == Syscall::mmap) {
        const auto offset = find_hex(fields, "off: ");
        if (!offset) return kBad;
        e.argument[5] = *offset;
    }
    return parsed(e);
}

ParsedLine parse_call_exit(const Line& line, std::string_view name, std::string_view result) {
    const CallName* call = find_call(name);
    if (call == nullptr) return kIgnored;
    result = trim_left(result);
    const bool negative = result.starts_with("-");
    if (negative) result.remove_prefix(1);
    const auto value = take_hex(result);
    if (!value) return kBad;
    Event e;
    e.kind = EventKind::SyscallExit;
    e.task = line.task;
    e.call = call->call;
    e.result = negative ? ~*value + 1 : *value;
    return parsed(e);
}

constexpr std::pair<std::string_view, ContpteCall> kContpte[] = {
    {"contpte_set_ptes", ContpteCall::set_ptes},
    {"contpte_try_fold", ContpteCall::try_fold},
    {"contpte_try_unfold", ContpteCall::try_unfold},
    {"contpte_wrprotect_ptes", ContpteCall::wrprotect_ptes},
    {"contpte_clear_full_ptes", ContpteCall::clear_full_ptes},
    {"contpte_get_and_clear_full_ptes", ContpteCall::get_and_clear_full_ptes},
    {"contpte_ptep_set_access_flags", ContpteCall::ptep_set_access_flags},
    {"contpte_clear_young_dirty_ptes", ContpteCall::clear_young_dirty_ptes},
};

ParsedLine parse_contpte(const Line& line, std::string_view name, std::string_view fields) {
    for (const auto& [known, call] : kContpte) {
        if (name != known) continue;
        Event e;
        e.kind = EventKind::Contpte;
        e.task = line.task;
        e.contpte = call;
        e.address = find_hex(fields, "addr=").value_or(0);
        if (const auto nr = find_hex(fields, call == ContpteCall::set_ptes ? "a4=" : "a3=")) e.contpte_nr = *nr;
        return parsed(e);
    }
    return kIgnored;
}

ParsedLine parse_fork(const Line& line, std::string_view fields) {
    const auto child = find_decimal(fields, "child_pid=");
    if (!child) return kBad;
    Event e;
    e.kind = EventKind::Fork;
    e.task = line.task;
    e.child = *child;
    return parsed(e);
}

ParsedLine simple(const Line& line, EventKind kind) {
    Event e;
    e.kind = kind;
    e.task = line.task;
    return parsed(e);
}

ParsedLine parse_body(const Line& line) {
    std::string_view body = line.body;
    // ftrace prints calls as `sys_mmap(addr: 0, ...)` and `sys_mmap -> 0x...`.
    if (body.starts_with("sys_")) {
        const auto end = body.find_first_of("( ");
        if (end == std::string_view::npos) return kBad;
        const std::string_view name = body.substr(4, end - 4);
        if (body[end] == '(') return parse_call_enter(line, name, body.substr(end));
        const auto arrow = body.find("-> ");
        return arrow == std::string_view::npos ? kBad : parse_call_exit(line, name, body.substr(arrow + 3));
    }
    for (const std::string_view group : {"exceptions:", "syscalls:", "sched:"}) {
        if (body.starts_with(group)) body.remove_prefix(group.size());
    }
    const auto colon = body.find(':');
    if (colon == std::string_view::npos) return kBad;
    const std::string_view name = body.substr(0, colon);
    const std::string_view fields = trim_left(body.substr(colon + 1));
    if (name == "page_fault_user") return parse_fault(line, fields, false);
    if (name == "page_fault_kernel") return parse_fault(line, fields, true);
    if (name == "page_fault_ret") return parse_fault_return(line, fields);
    if (name.starts_with("sys_enter_")) return parse_call_enter(line, name.substr(10), fields);
    if (name.starts_with("sys_exit_")) return parse_call_exit(line, name.substr(9), fields);
    if (name.starts_with("contpte_")) return parse_contpte(line, name, fields);
    if (name == "sched_process_fork") return parse_fork(line, fields);
    if (name == "sched_process_exec") return simple(line, EventKind::Exec);
    if (name == "sched_process_exit") return simple(line, EventKind::Exit);
    return kIgnored;
}

// perf script -F comm,tid,time,addr,ip: the software event says neither read nor write.
std::optional<ParsedLine> parse_software_event(std::string_view line) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view head = line.substr(0, colon);
    const auto time = head.find_last_of(' ');
    if (time == std::string_view::npos || head.find('.', time) == std::string_view::npos) return std::nullopt;
    if (head.substr(time + 1).find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
    const auto task = trailing_task(head.substr(0, time));
    std::string_view rest = trim_left(line.substr(colon + 1));
    const auto address = take_hex(rest);
    rest = trim_left(rest);
    const auto ip = take_hex(rest);
    if (!task || !address || !ip) return std::nullopt;
    Event e;
    e.kind = EventKind::Fault;
    e.task = *task;
    e.address = *address;
    e.kernel = (*ip >> 63) != 0;
    e.access_known = false;
    if (!e.kernel && *address == *ip) e.fault_flags = kFaultInstruction;
    return parsed(e);
}

// perf trace -F all: `... ms): COMM/TID minfault [SYMBOL+OFFSET] => TARGET (d.)`.
std::optional<ParsedLine> parse_perf_trace(std::string_view line) {
    const auto head = line.find(" ms): ");
    if (head == std::string_view::npos) return std::nullopt;
    const std::string_view rest = line.substr(head + 6);
    auto fault = rest.find(" minfault [");
    if (fault == std::string_view::npos) fault = rest.find(" majfault [");
    if (fault == std::string_view::npos) return kIgnored;  // a call: without its result it cannot be repeated
    const auto task = trailing_task(rest.substr(0, fault));
    const auto arrow = rest.find("] => ", fault);
    if (!task || arrow == std::string_view::npos) return kBad;
    std::string_view target = rest.substr(arrow + 5);
    // A target inside a file is printed as file@offset: its address is not in the trace.
    const auto address = target.starts_with("0x") ? take_hex(target) : std::nullopt;
    if (!address) return kBad;
    Event e;
    e.kind = EventKind::Fault;
    e.task = *task;
    e.address = *address;
    e.access_known = false;
    e.kernel = rest.substr(fault, arrow - fault).find("[k]") != std::string_view::npos;
    return parsed(e);
}

}  // namespace

ParsedLine parse_line(std::string_view line) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    const std::string_view text = trim_left(line);
    if (text.empty() || text[0] == '#') return kIgnored;
    if (const auto split = split_with_cpu(line)) return parse_body(*split);
    if (const auto event = parse_perf_trace(line)) return *event;
    if (const auto event = parse_software_event(line)) return *event;
    return kBad;
}

}  // namespace emu::trace
