#include "tests/random/words.h"

#include "emu/isa/decoder.h"

namespace random_test {
namespace {

using emu::FieldId;

constexpr u32 kNop = 0xd503201f;
constexpr u32 kClrex = 0xd5033f5f;

const emu::FieldPlace* place_of(const emu::A64Row& row, FieldId id) {
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        if (row.pattern.fields[i].id == id) return &row.pattern.fields[i];
    }
    return nullptr;
}

u32 width_of(const emu::FieldPlace& place) { return emu::kFields[static_cast<std::size_t>(place.id)].bits; }

u32 with_field(u32 word, const emu::FieldPlace& place, u32 value) {
    const u32 mask = static_cast<u32>((u64{1} << width_of(place)) - 1) << place.low;
    return (word & ~mask) | (value << place.low & mask);
}

u32 border_value(u32 width, Random& random) {
    const u32 all = static_cast<u32>((u64{1} << width) - 1);
    switch (random.below(6)) {
        case 0: return 0;
        case 1: return all;
        case 2: return 1;
        case 3: return u32{1} << (width - 1);
        case 4: return (u32{1} << (width - 1)) - 1;
        default: return u32{1} << random.below(width);
    }
}

// One field in four at a border; one register in eight the same as the one in another field.
u32 with_borders(const emu::A64Row& row, u32 word, Random& random) {
    for (unsigned i = 0; i < row.pattern.field_count; ++i) {
        const emu::FieldPlace& place = row.pattern.fields[i];
        if (width_of(place) != 5 && random.one_in(4)) word = with_field(word, place, border_value(width_of(place), random));
        if (width_of(place) == 5 && random.one_in(16)) word = with_field(word, place, 31);
        if (width_of(place) == 5 && random.one_in(8)) word = with_field(word, place, word >> 5 & 31);
    }
    return word;
}

// LDR (literal): mostly into the data.
u32 with_literal(const emu::A64Row& row, u32 word, u64 pc, Random& random) {
    const emu::FieldPlace* literal = place_of(row, FieldId::imm19);
    if (literal == nullptr || is_branch(row) || random.one_in(16)) return word;
    const u64 target = RANDOM_DATA - 16 + random.below(RANDOM_DATA_BYTES + 16);
    return with_field(word, *literal, static_cast<u32>((target - pc) >> 2));
}

u32 with_system_key(const emu::A64Row& row, u32 word, Random& random) {
    const auto keys = emu::user_system_keys(row.name);
    if (keys.empty() || random.one_in(8)) return word;
    return (word & ~(0xffffu << 5)) | keys[random.below(static_cast<u32>(keys.size()))] << 5;
}

bool is_own_legal(const emu::A64Row& row, u32 word) {
    emu::DecodedOp op;
    return emu::decode_operands(word, 0, emu::CoreFeatures::all(), op) == emu::DecodeOutcome::Ok &&
           emu::a64_rows()[op.encoding].name == row.name;
}

emu::DecodedOp decoded(u32 word) {
    emu::DecodedOp op;
    emu::decode_operands(word, 0, emu::CoreFeatures::all(), op);
    return op;
}

const emu::A64Row& row_of(const emu::DecodedOp& op) { return emu::a64_rows()[op.encoding]; }

// A register that no field of the word can name.
u32 unused_register(u32 word, u32 from) {
    for (u32 r = from;; ++r) {
        bool used = false;
        for (const u32 low : {0u, 5u, 10u, 16u}) used |= (word >> low & 31) == r;
        if (!used) return r;
    }
}

// The load-exclusive of the same size and address.
u32 load_exclusive_for(u32 word) {
    constexpr u32 kLoad = 1 << 22;
    constexpr u32 kPair = 1 << 21;
    constexpr u32 kAcquire = 1 << 15;
    const u32 first = unused_register(word, 0);
    const u32 second = (word & kPair) != 0 ? unused_register(word, first + 1) : 31;
    const u32 opcode_and_base = word & ~(u32{31} << 16 | kAcquire | u32{31} << 10 | 31u);
    return opcode_and_base | kLoad | u32{31} << 16 | second << 10 | first;
}

u64& register_at(sample_state& state, u32 number) { return number == 31 ? state.sp : state.x[number]; }

// Near the edges of the two pages and of what is mapped, or anywhere in them.
u64 data_address(Random& random) {
    constexpr u64 kPage = 0x1000;
    const u64 somewhere = RANDOM_DATA + random.below(RANDOM_DATA_BYTES);
    const u64 near = random.below(64);
    u64 address = 0;
    switch (random.below(16)) {
        case 0: address = RANDOM_DATA + kPage - near; break;
        case 1: address = RANDOM_DATA + near; break;
        case 2: address = RANDOM_DATA + 2 * kPage - near; break;
        default: address = somewhere; break;
    }
    return random.one_in(4) ? address : address & ~u64{15};
}

// One address in eight has a tag in its top byte, one in 64 leads nowhere.
u64 access_address(Random& random) {
    if (random.one_in(64)) return random.one_in(2) ? 0x0012'3456'7890'0000 : 0xffff'8000'1234'5678;
    const u64 address = data_address(random);
    return random.one_in(8) ? address | random.next() << 56 : address;
}

u64 index_offset(const emu::DecodedOp& op, const sample_state& state) {
    const u64 value = op.rm <= 30 ? state.x[op.rm] : 0;
    const u64 masked = value & op.imm;
    const bool is_signed_word = op.option == 1 && op.imm == 0xffff'ffff;
    return (is_signed_word ? static_cast<u64>(arch::sign_extend(masked, 32)) : masked) << op.shift;
}

// The address of the access is base plus this.
u64 offset_of(const emu::A64Row& row, const emu::DecodedOp& op, const sample_state& state) {
    const bool has_index = place_of(row, FieldId::Rm) != nullptr;
    if (has_index && place_of(row, FieldId::option) != nullptr) return index_offset(op, state);
    const bool is_post_indexed = row.name.find("post") != std::string_view::npos;
    return has_index || is_post_indexed ? 0 : op.imm;
}

const emu::Exclusion* aim_access(u32 word, const emu::DecodedOp& op, sample_state& state, Random& random) {
    constexpr u64 kLargestAlignment = 16;
    const emu::A64Row& row = row_of(op);
    if (row.name == "SYS") {
        register_at(state, word & 31) = RANDOM_DATA + random.below(RANDOM_DATA_BYTES);
        return nullptr;
    }
    u64 address = access_address(random);
    const emu::Exclusion* aligned = emu::exclusion_of(row, emu::Excluded::UnalignedAccesses);
    if (address % kLargestAlignment == 0) aligned = nullptr;
    if (aligned != nullptr) address -= address % kLargestAlignment;
    register_at(state, word >> 5 & 31) = address - offset_of(row, op, state);
    return aligned;
}

u64 branch_target(Random& random) {
    const u64 page = RANDOM_BRANCH_CODE + u64{random.below(RANDOM_SLOTS)} * RANDOM_BRANCH_STRIDE;
    const u64 target = page + 0x800 + 4 * random.below(0x200);
    switch (random.below(8)) {
        case 0: return target + 1 + random.below(3);
        case 1: return target | random.next() << 56;
        default: return target;
    }
}

const emu::Exclusion* aim_branch(u32 word, const emu::A64Row& row, sample_state& state, Random& random) {
    u64& target = register_at(state, word >> 5 & 31);
    if (!random.one_in(4)) {
        target = branch_target(random);
        return nullptr;
    }
    if (target % 4 == 0) return nullptr;
    target -= target % 4;
    return emu::exclusion_of(row, emu::Excluded::UnalignedUnmapped);
}

}  // namespace

bool is_branch(const emu::A64Row& row) {
    return row.op_class >= emu::OpClass::Branch && row.op_class <= emu::OpClass::Return;
}

u64 slot_address(const emu::A64Row& row, u32 slot) {
    constexpr u64 kSlotBytes = SLOT_WORDS * 4;
    if (!is_branch(row)) return RANDOM_CODE + slot * kSlotBytes;
    const u64 place_in_page = slot * 7 % 0x40;  // in the lower half, away from branch_target
    return RANDOM_BRANCH_CODE + u64{slot} * RANDOM_BRANCH_STRIDE + place_in_page * kSlotBytes;
}

u32 random_word(const emu::A64Row& row, u64 pc, Random& random) {
    for (;;) {
        u32 word = row.pattern.match | row.pattern.should_value;
        word |= static_cast<u32>(random.next()) & row.pattern.free_bits();
        word = with_borders(row, word, random);
        word = with_literal(row, word, pc, random);
        word = with_system_key(row, word, random);
        if (is_own_legal(row, word)) return word;
    }
}

u32 random_prefix(u32 word, Random& random) {
    if (row_of(decoded(word)).op_class != emu::OpClass::StoreExclusive) return kNop;
    return random.one_in(4) ? kClrex : load_exclusive_for(word);
}

bool touches_memory(u32 word) {
    using emu::OpClass;
    switch (decoded(word).timing.op_class) {
        case OpClass::Load:
        case OpClass::LoadPair:
        case OpClass::Store:
        case OpClass::StorePair:
        case OpClass::LoadAcquire:
        case OpClass::StoreRelease:
        case OpClass::LoadExclusive:
        case OpClass::StoreExclusive:
        case OpClass::Atomic:
        case OpClass::Prefetch:
        case OpClass::DcZva:
        case OpClass::FpLoad:
        case OpClass::FpStore: return true;
        default: return false;
    }
}

const emu::Exclusion* aim(u32 word, sample_state& state, Random& random) {
    const emu::DecodedOp op = decoded(word);
    const emu::A64Row& row = row_of(op);
    if (is_branch(row)) return place_of(row, FieldId::Rn) != nullptr ? aim_branch(word, row, state, random) : nullptr;
    const bool is_literal = place_of(row, FieldId::imm19) != nullptr;
    return touches_memory(word) && !is_literal ? aim_access(word, op, state, random) : nullptr;
}

}  // namespace random_test
