// Reads s-expressions, so that tests know what a trace line says.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace test {

// An atom, or a list.
struct Expression {
    std::string atom;
    std::vector<Expression> list;
    bool is_list{false};

    // The value of the first (name value) in the list; "" where there is none.
    [[nodiscard]] std::string field(std::string_view name) const {
        for (const Expression& e : list)
            if (e.list.size() == 2 && e.list[0].atom == name) return e.list[1].atom;
        return "";
    }
    [[nodiscard]] std::string text() const {
        if (!is_list) return atom;
        std::string out;
        for (const Expression& e : list) out += (out.empty() ? "" : " ") + e.text();
        return "(" + out + ")";
    }
};

// One expression at the front of `text`, which loses it. Throws where it is none.
[[nodiscard]] inline Expression read_expression(std::string_view& text) {
    const auto skip = [&text] {
        while (!text.empty() && std::string_view{" \n"}.find(text.front()) != std::string_view::npos) text.remove_prefix(1);
    };
    skip();
    if (text.empty() || text.front() == ')') throw std::runtime_error{"an expression was expected"};
    Expression e;
    if (text.front() == '(') {
        e.is_list = true;
        text.remove_prefix(1);
        for (skip(); !text.empty() && text.front() != ')'; skip()) e.list.push_back(read_expression(text));
        if (text.empty()) throw std::runtime_error{"a list does not end"};
        text.remove_prefix(1);
        return e;
    }
    const bool quoted = text.front() == '"';
    const auto end = quoted ? text.find('"', 1) + 1 : text.find_first_of(" \n()");
    if (end == 0) throw std::runtime_error{"a string does not end"};
    e.atom = text.substr(0, end);
    text.remove_prefix(e.atom.size());
    return e;
}

}  // namespace test
