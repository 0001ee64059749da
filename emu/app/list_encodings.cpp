#include "emu/app/list_encodings.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <iomanip>
#include <iostream>
#include <set>

#include "emu/isa/names.h"
#include "emu/isa/proof.h"
#include "mmu/base/user_error.h"

namespace emu::app {
namespace {

std::vector<std::string> class_names() {
    std::set<std::string> names;
    for (const A64Row& row : a64_rows()) names.emplace(op_class_name(row.op_class));
    return {names.begin(), names.end()};
}

void check_class(const std::string& name) {
    const auto names = class_names();
    if (std::find(names.begin(), names.end(), name) != names.end()) return;
    std::string all;
    for (const auto& n : names) all += (all.empty() ? "" : ", ") + n;
    throw UserError{"list encodings: unknown class \"" + name + "\": use one of " + all};
}

// What the random differential test compares of the row, and what not.
std::string proof_text(const A64Row& row) {
    std::string text{proof_name(proof_of(row))};
    for (const Exclusion& e : exclusions()) {
        const bool of_rows = e.what == Excluded::Rows || e.what == Excluded::Execution;
        const bool of_words = e.what == Excluded::Words && e.instead != Proof::Nothing;
        if (!e.rows(row) || (!of_rows && !of_words)) continue;
        text += of_rows ? ": " : "; but for some words " + std::string{proof_name(e.instead)} + ": ";
        text += e.reason;
    }
    return text;
}

void print_row(const A64Row& row) {
    std::cout << std::left << std::setw(24) << row.name << " " << std::setw(14) << row.mnemonic << " " << std::setw(8)
              << feature_name(row.feature) << " " << std::setw(15) << op_class_name(row.op_class) << " "
              << proof_text(row) << "\n";
}

}  // namespace

void add_encoding_options(Options& options) {
    options.add_options()("class", boost::program_options::value<std::string>()->value_name("CLASS"),
                          "list encodings: only this timing class, as a64.def names it (Alu, Load, FpMul ...)");
}

void list_encodings(const CommandLine& line) {
    const auto wanted = line.option("class");
    if (wanted) check_class(*wanted);
    for (const A64Row& row : a64_rows()) {
        if (!wanted || op_class_name(row.op_class) == *wanted) print_row(row);
    }
}

}  // namespace emu::app
