// A table of text with aligned columns: the first column to the left, all others to the right.
#pragma once

#include <string>
#include <vector>

namespace emu {

class TextTable {
public:
    explicit TextTable(std::vector<std::string> headings) : headings_{std::move(headings)} {}

    // Cells beyond the headings are a broken invariant; missing cells are empty.
    void add_row(std::vector<std::string> cells);
    void add_rule();  // an empty line between groups of rows
    [[nodiscard]] std::string to_string() const;

private:
    std::vector<std::string> headings_;
    std::vector<std::vector<std::string>> rows_;  // no cells: a rule
};

}  // namespace emu
