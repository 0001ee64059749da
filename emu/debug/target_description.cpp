#include "emu/debug/target_description.h"

#include "emu/debug/registers.h"

namespace emu::debug {
namespace {

using Set = RegisterInfo::Set;

struct Flag {
    const char* name;
    unsigned first;
    unsigned last;
};
// PSTATE in the layout of SPSR_EL1.
constexpr Flag kCpsrFlags[] = {{"SP", 0, 0},    {"EL", 2, 3},    {"F", 6, 6},     {"I", 7, 7},     {"A", 8, 8},
                               {"D", 9, 9},     {"SSBS", 12, 12}, {"IL", 20, 20}, {"SS", 21, 21}, {"PAN", 22, 22},
                               {"UAO", 23, 23}, {"V", 28, 28},   {"C", 29, 29},   {"Z", 30, 30},   {"N", 31, 31}};

// One way to look at 128 bits: so many elements of a type.
struct View {
    const char* field;  // GDB's own names for the members of $v0
    const char* vector;
    const char* type;
    unsigned count;
};
constexpr View kFloatViews[] = {{"d", "v2d", "ieee_double", 2}, {"s", "v4f", "ieee_single", 4}, {"h", "v8f", "ieee_half", 8}};
struct IntegerView {
    const char* field;
    View of_unsigned;
    View of_signed;
};
constexpr IntegerView kIntegerViews[] = {{"vnd", {"u", "v2u", "uint64", 2}, {"s", "v2i", "int64", 2}},
                                         {"vns", {"u", "v4u", "uint32", 4}, {"s", "v4i", "int32", 4}},
                                         {"vnh", {"u", "v8u", "uint16", 8}, {"s", "v8i", "int16", 8}},
                                         {"vnb", {"u", "v16u", "uint8", 16}, {"s", "v16i", "int8", 16}},
                                         {"vnq", {"u", "v1u", "uint128", 1}, {"s", "v1i", "int128", 1}}};

std::string vector_type(const View& view) {
    return std::string{"<vector id=\""} + view.vector + "\" type=\"" + view.type + "\" count=\"" +
           std::to_string(view.count) + "\"/>\n";
}
std::string field(const std::string& name, const std::string& type) {
    return "<field name=\"" + name + "\" type=\"" + type + "\"/>";
}

std::string cpsr_type() {
    std::string out = "<flags id=\"cpsr_flags\" size=\"4\">\n";
    for (const Flag& flag : kCpsrFlags) {
        out += std::string{"<field name=\""} + flag.name + "\" start=\"" + std::to_string(flag.first) + "\" end=\"" +
               std::to_string(flag.last) + "\"/>\n";
    }
    return out + "</flags>\n";
}

// A V register as a union of its views: by element size, each integer one signed or unsigned.
std::string vector_types() {
    std::string out;
    std::string unions;
    std::string whole = "<union id=\"aarch64v\">\n";
    for (const View& view : kFloatViews) out += vector_type(view);
    std::size_t i = 0;
    for (const IntegerView& view : kIntegerViews) {
        out += vector_type(view.of_unsigned) + vector_type(view.of_signed);
        unions += std::string{"<union id=\""} + view.field + "\">";
        if (i < 3) unions += field("f", kFloatViews[i].vector);
        unions += field("u", view.of_unsigned.vector) + field("s", view.of_signed.vector) + "</union>\n";
        whole += field(std::string(1, view.field[2]), view.field) + "\n";
        ++i;
    }
    return out + unions + whole + "</union>\n";
}

std::string type_of(const RegisterInfo& info) {
    if (info.name == "cpsr") return "cpsr_flags";
    if (info.name == "pc") return "code_ptr";
    if (info.name == "sp") return "data_ptr";
    if (info.bytes == 16) return "aarch64v";
    return info.set == Set::Fpu ? "int" : info.set == Set::System ? "uint64" : "int64";
}

std::string register_element(const RegisterInfo& info, unsigned number) {
    std::string out = "<reg name=\"" + info.name + "\" bitsize=\"" + std::to_string(8 * info.bytes) + "\" type=\"" +
                      type_of(info) + "\" regnum=\"" + std::to_string(number) + "\"";
    if (info.set == Set::System) out += " group=\"system\" save-restore=\"no\"";
    return out + "/>\n";
}

std::string feature(const std::string& name, Set set, const std::string& types) {
    std::string out = "<feature name=\"" + name + "\">\n" + types;
    for (unsigned n = 0; n < registers().size(); ++n) {
        if (registers()[n].set == set) out += register_element(registers()[n], n);
    }
    return out + "</feature>\n";
}

std::string build() {
    return "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
           "<architecture>aarch64</architecture>\n" +
           feature("org.gnu.gdb.aarch64.core", Set::Core, cpsr_type()) +
           feature("org.gnu.gdb.aarch64.fpu", Set::Fpu, vector_types()) +
           feature("org.foldwalk.system", Set::System, "") + "</target>\n";
}

}  // namespace

const std::string& target_description() {
    static const std::string text = build();
    return text;
}

}  // namespace emu::debug
