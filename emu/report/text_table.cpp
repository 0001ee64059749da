#include "emu/report/text_table.h"

#include <algorithm>
#include <cassert>

namespace emu {
namespace {

constexpr std::size_t kGap = 2;

void append_cell(std::string& line, const std::string& cell, std::size_t width, bool to_the_left) {
    const std::string padding(width - cell.size(), ' ');
    line += to_the_left ? cell + padding : padding + cell;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string line;
    for (std::size_t i = 0; i < widths.size(); ++i) {
        if (i != 0) line.append(kGap, ' ');
        append_cell(line, i < cells.size() ? cells[i] : std::string{}, widths[i], i == 0);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
}

}  // namespace

void TextTable::add_row(std::vector<std::string> cells) {
    assert(!cells.empty() && cells.size() <= headings_.size());
    rows_.push_back(std::move(cells));
}

void TextTable::add_rule() {
    if (!rows_.empty() && !rows_.back().empty()) rows_.emplace_back();
}

std::string TextTable::to_string() const {
    std::vector<std::size_t> widths(headings_.size());
    for (std::size_t i = 0; i < headings_.size(); ++i) widths[i] = headings_[i].size();
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());

    std::string text = line_of(headings_, widths);
    for (const auto& row : rows_) text += line_of(row, widths);
    return text;
}

}  // namespace emu
