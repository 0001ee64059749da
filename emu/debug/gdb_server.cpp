#include "emu/debug/gdb_server.h"

#include <algorithm>

#include "emu/debug/hex.h"
#include "emu/debug/packet.h"
#include "emu/debug/registers.h"
#include "emu/debug/target_description.h"

namespace emu::debug {
namespace {

const std::string kOk = "OK";
const std::string kMalformed = "E16";      // EINVAL
const std::string kNoMemory = "E0e";       // EFAULT
const std::string kNotPermitted = "E01";   // EPERM
const std::string kUnsupported;

constexpr unsigned kSigInt = 2;
constexpr unsigned kSigTrap = 5;

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string two_digits(unsigned value) { return hex_bytes(std::vector<u8>{static_cast<u8>(value)}); }

std::string hit_text(const StopHit& hit) {
    switch (hit.kind) {
        case StopKind::SoftwareBreakpoint: return "swbreak:;";
        case StopKind::HardwareBreakpoint: return "hwbreak:;";
        case StopKind::WriteWatch: return "watch:" + hex_number(hit.address) + ";";
        case StopKind::ReadWatch: return "rwatch:" + hex_number(hit.address) + ";";
        case StopKind::AccessWatch: return "awatch:" + hex_number(hit.address) + ";";
    }
    return "";
}

struct Pair {
    u64 first{0};
    u64 second{0};
};
// "FIRST,SECOND", hexadecimal.
std::optional<Pair> parse_pair(std::string_view text) {
    const auto first = parse_hex(take_until(text, ','));
    const auto second = parse_hex(text);
    if (!first || !second) return std::nullopt;
    return Pair{*first, *second};
}

// A part of a document, after "OFFSET,LENGTH".
std::string chunk(const std::string& document, std::string_view request) {
    const auto place = parse_pair(request);
    if (!place) return kMalformed;
    if (place->first >= document.size()) return "l";
    const std::string part = document.substr(place->first, std::min<u64>(place->second, PacketReader::kMaxPayload / 4));
    return (place->first + part.size() < document.size() ? "m" : "l") + part;
}

}  // namespace

void GdbServer::attach() {
    points_.clear();
    acknowledges_ = true;
    space_ = AddressSpace::Virtual;
    selected_ = 0;
    last_stop_ = {};
}

GdbServer::Answer GdbServer::handle(std::string_view payload) {
    if (payload.empty()) return {};
    const char kind = payload.front();
    const std::string_view rest = payload.substr(1);
    switch (kind) {
        case '?': return {stop_reply(last_stop_)};
        case 'g': return {read_all()};
        case 'G': return {write_all(rest)};
        case 'p': return {read_one(rest)};
        case 'P': return {write_one(rest)};
        case 'm': return {read_memory(rest)};
        case 'M': return {write_memory(rest, false)};
        case 'X': return {write_memory(rest, true)};
        case 'Z': return {change_point(rest, true)};
        case 'z': return {change_point(rest, false)};
        case 'H': return {select_thread(rest)};
        case 'T': return {thread_text(rest).empty() ? kMalformed : kOk};
        case 'c': return resume_old(Resume::Kind::Continue, rest);
        case 's': return resume_old(Resume::Kind::Step, rest);
        case 'D': return {kOk, Resume{.kind = Resume::Kind::Detach}};
        case 'k': return {kUnsupported, Resume{.kind = Resume::Kind::Kill}};
        case 'q': return query(rest);
        case 'Q': return set(rest);
        case 'v': return verbose(rest);
        default: return {};
    }
}

std::string GdbServer::stop_reply(const StopReport& report) {
    last_stop_ = report;
    if (report.cause == StopReport::Cause::Ended) return "W" + two_digits(report.exit_status);
    selected_ = report.pe;
    const bool interrupted = report.cause == StopReport::Cause::Interrupted;
    std::string text = "T" + two_digits(interrupted ? kSigInt : kSigTrap);
    if (report.cause == StopReport::Cause::Hit) text += hit_text(report.hit);
    text += "thread:" + hex_number(report.pe + 1) + ";";
    for (const unsigned number : {kSpNumber, kPcNumber})
        text += hex_number(number) + ":" + hex_bytes(read_register(pe(), number)) + ";";
    return text;
}

GdbServer::Answer GdbServer::query(std::string_view payload) {
    if (payload.starts_with("Supported"))
        return {"PacketSize=" + hex_number(PacketReader::kMaxPayload) +
                    ";QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;swbreak+;hwbreak+;vContSupported+"};
    if (payload == "Attached") return {"1"};
    if (payload == "C") return {"QC" + hex_number(selected_ + 1)};
    if (payload == "fThreadInfo") return {"m" + threads()};
    if (payload == "sThreadInfo") return {"l"};
    if (payload == "Symbol::") return {kOk};
    if (payload == "qemu.PhyMemMode") return {space_ == AddressSpace::Physical ? "1" : "0"};
    if (take_prefix(payload, "ThreadExtraInfo,")) return {thread_text(payload)};
    if (take_prefix(payload, "Xfer:")) return {transfer(payload)};
    if (take_prefix(payload, "Rcmd,")) return monitor(payload);
    return {};
}

GdbServer::Answer GdbServer::set(std::string_view payload) {
    if (payload == "StartNoAckMode") {
        acknowledges_ = false;
        return {kOk};
    }
    if (take_prefix(payload, "qemu.PhyMemMode:")) {
        if (payload != "0" && payload != "1") return {kMalformed};
        space_ = payload == "1" ? AddressSpace::Physical : AddressSpace::Virtual;
        return {kOk};
    }
    return {};
}

GdbServer::Answer GdbServer::verbose(std::string_view payload) {
    if (payload == "Cont?") return {"vCont;c;C;s;S;r"};
    if (take_prefix(payload, "Cont;")) return resume_each(payload);
    if (payload.starts_with("Kill")) return {kOk, Resume{.kind = Resume::Kind::Kill}};
    return {};
}

std::string GdbServer::transfer(std::string_view request) {
    if (take_prefix(request, "features:read:target.xml:")) return chunk(target_description(), request);
    if (!take_prefix(request, "threads:read::")) return "E00";
    std::string document = "<?xml version=\"1.0\"?>\n<threads>\n";
    for (std::size_t i = 0; i < guest_.pes.size(); ++i) {
        document += "<thread id=\"" + hex_number(i + 1) + "\" core=\"" + std::to_string(i) + "\" name=\"PE " +
                    std::to_string(i) + "\">" + guest_.describe(*guest_.pes[i]) + "</thread>\n";
    }
    return chunk(document + "</threads>\n", request);
}

// A text that is too long for one packet goes out in several, as console output.
GdbServer::Answer GdbServer::monitor(std::string_view hex) {
    const auto bytes = parse_hex_bytes(hex);
    if (!bytes) return {kMalformed};
    const std::string text = guest_.monitor(pe(), std::string{bytes->begin(), bytes->end()});
    constexpr std::size_t kPart = PacketReader::kMaxPayload / 2 - 64;
    if (text.size() <= kPart) return {text.empty() ? kOk : hex_text(text)};
    Answer answer{kOk};
    for (std::size_t at = 0; at < text.size(); at += kPart) answer.before.push_back("O" + hex_text(text.substr(at, kPart)));
    return answer;
}

std::string GdbServer::threads() const {
    std::string out;
    for (std::size_t i = 0; i < guest_.pes.size(); ++i) out += (i == 0 ? "" : ",") + hex_number(i + 1);
    return out;
}

std::string GdbServer::thread_text(std::string_view thread) const {
    const auto id = parse_hex(thread);
    if (!id || *id == 0 || *id > guest_.pes.size()) return "";
    return hex_text(guest_.describe(*guest_.pes[*id - 1]));
}

// "gID" or "cID"; 0 is any and -1 all of them.
std::string GdbServer::select_thread(std::string_view request) {
    if (request.size() < 2) return kMalformed;
    const std::string_view id = request.substr(1);
    if (id == "0" || id == "-1") return kOk;
    const auto number = parse_hex(id);
    if (!number || *number == 0 || *number > guest_.pes.size()) return kMalformed;
    if (request.front() == 'g') selected_ = static_cast<unsigned>(*number - 1);
    return kOk;
}

// "ACTION[:THREAD];...": the first that names a PE, or all of them, is its action. A stepping PE goes alone.
GdbServer::Answer GdbServer::resume_each(std::string_view actions) {
    std::vector<std::optional<Resume>> of(guest_.pes.size());
    while (!actions.empty()) {
        std::string_view thread = take_until(actions, ';');
        const std::string_view action = take_until(thread, ':');
        const auto id = parse_hex(thread);
        for (unsigned i = 0; i < of.size(); ++i) {
            const bool named = thread.empty() || thread == "-1" || (id && *id == i + 1);
            if (!named || of[i]) continue;
            of[i] = resume_of(action, i);
            if (!of[i]) return {kMalformed};
        }
    }
    for (const auto& resume : of) {
        if (resume && resume->kind == Resume::Kind::Step) return {"", resume};
    }
    for (const auto& resume : of) {
        if (resume) return {"", resume};
    }
    return {kMalformed};
}

std::optional<Resume> GdbServer::resume_of(std::string_view action, unsigned pe) const {
    if (action.empty()) return std::nullopt;
    switch (action.front()) {
        case 'c':
        case 'C': return Resume{.kind = Resume::Kind::Continue, .pe = pe};  // signals mean nothing to a guest
        case 's':
        case 'S': return Resume{.kind = Resume::Kind::Step, .pe = pe};
        default: break;
    }
    const auto range = action.front() == 'r' ? parse_pair(action.substr(1)) : std::nullopt;
    if (!range) return std::nullopt;
    return Resume{.kind = Resume::Kind::Step, .pe = pe, .range_start = range->first, .range_end = range->second};
}

GdbServer::Answer GdbServer::resume_old(Resume::Kind kind, std::string_view address) {
    if (!address.empty()) {
        const auto pc = parse_hex(address);
        if (!pc) return {kMalformed};
        const auto* bytes = reinterpret_cast<const u8*>(&*pc);
        static_cast<void>(write_register(pe(), kPcNumber, {bytes, sizeof *pc}));
    }
    return {"", Resume{.kind = kind, .pe = selected_}};
}

// System registers are left to 'p': there are many, and GDB asks for those it shows.
std::string GdbServer::read_all() const {
    std::string out;
    for (unsigned n = 0; n < kFirstSystemNumber; ++n) out += hex_bytes(read_register(pe(), n));
    return out;
}

std::string GdbServer::write_all(std::string_view hex) {
    const auto bytes = parse_hex_bytes(hex);
    if (!bytes) return kMalformed;
    std::span<const u8> left{*bytes};
    for (unsigned n = 0; n < kFirstSystemNumber && left.size() >= registers()[n].bytes; ++n) {
        const auto value = left.first(registers()[n].bytes);
        left = left.subspan(value.size());
        if (!std::ranges::equal(value, read_register(pe(), n)) && !write_register(pe(), n, value)) return kNotPermitted;
    }
    return kOk;
}

std::string GdbServer::read_one(std::string_view text) const {
    const auto number = parse_hex(text);
    if (!number || *number >= registers().size()) return kMalformed;
    return hex_bytes(read_register(pe(), static_cast<unsigned>(*number)));
}

std::string GdbServer::write_one(std::string_view assignment) {
    const auto number = parse_hex(take_until(assignment, '='));
    const auto bytes = parse_hex_bytes(assignment);
    if (!number || *number >= registers().size() || !bytes) return kMalformed;
    return write_register(pe(), static_cast<unsigned>(*number), *bytes) ? kOk : kNotPermitted;
}

std::string GdbServer::read_memory(std::string_view request) const {
    const auto place = parse_pair(request);
    if (!place) return kMalformed;
    const u64 bytes = std::min<u64>(place->second, PacketReader::kMaxPayload / 2);
    const auto read = memory_.read(pe(), space_, place->first, bytes);
    return read.empty() && bytes != 0 ? kNoMemory : hex_bytes(read);
}

std::string GdbServer::write_memory(std::string_view request, bool binary) {
    const auto place = parse_pair(take_until(request, ':'));
    const auto bytes = binary ? std::optional{std::vector<u8>(request.begin(), request.end())} : parse_hex_bytes(request);
    if (!place || !bytes || bytes->size() != place->second) return kMalformed;
    return memory_.write(pe(), space_, place->first, *bytes) ? kOk : kNoMemory;
}

// "TYPE,ADDRESS,KIND": of a watchpoint the kind is its length.
std::string GdbServer::change_point(std::string_view request, bool insert) {
    const auto type = parse_hex(take_until(request, ','));
    const auto place = parse_pair(request);
    if (!type || *type > static_cast<u64>(StopKind::AccessWatch)) return kUnsupported;
    if (!place) return kMalformed;
    const StopPoint point{static_cast<StopKind>(*type), place->first, place->second};
    insert ? points_.insert(point) : points_.remove(point);
    return kOk;
}

}  // namespace emu::debug
