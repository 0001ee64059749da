// The C++ library: containers, algorithms, strings, streams, regular expressions, exceptions through many frames, RTTI.
#include <algorithm>
#include <any>
#include <cctype>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <unordered_map>
#include <variant>
#include <vector>

namespace {

struct Shape {
    virtual ~Shape() = default;
    [[nodiscard]] virtual double area() const = 0;
};
struct Circle : Shape {
    explicit Circle(double r) : radius{r} {}
    [[nodiscard]] double area() const override { return 3.14159265358979 * radius * radius; }
    double radius;
};
struct Square : Shape {
    explicit Square(double s) : side{s} {}
    [[nodiscard]] double area() const override { return side * side; }
    double side;
};

struct Guard {
    explicit Guard(int n) : number{n} {}
    ~Guard() { std::cout << "unwound " << number << "\n"; }
    int number;
};

int dive(int depth) {
    Guard guard{depth};
    if (depth == 0) throw std::out_of_range{"the bottom"};
    return dive(depth - 1) + 1;
}

void words_of(const char* path) {
    std::ifstream in{path};
    if (!in) throw std::runtime_error{std::string{"no file "} + path};
    std::map<std::string, int> count;
    for (std::string word; in >> word;) {
        word.erase(std::remove_if(word.begin(), word.end(), [](unsigned char c) { return !std::isalnum(c); }), word.end());
        if (!word.empty()) ++count[word];
    }
    std::vector<std::pair<std::string, int>> order{count.begin(), count.end()};
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    for (std::size_t i = 0; i < std::min<std::size_t>(10, order.size()); ++i)
        std::cout << std::setw(6) << order[i].second << " " << std::left << std::setw(12) << order[i].first << std::right << "|\n";
}

void numbers() {
    std::mt19937_64 random{12345};
    std::vector<double> values(20000);
    std::normal_distribution<double> normal{5, 2};
    for (double& v : values) v = normal(random);
    std::sort(values.begin(), values.end());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    std::cout << std::setprecision(12) << mean << " " << values.front() << " " << values[10000] << " " << values.back() << "\n"
              << std::hexfloat << mean << std::defaultfloat << std::scientific << " " << mean << std::defaultfloat << "\n";
    std::unordered_map<int, int> modulo;
    for (int i = 0; i < 50000; ++i) modulo[i % 977] += i;
    long sum = 0;
    for (const auto& [key, value] : modulo) sum += static_cast<long>(key) * (value % 1000);
    std::cout << "modulo " << sum << "\n";
}

void expressions() {
    const std::string text = "2024-11-17: 6.12 released; 2024-12-05: 6.12.2; 99-1-1 is no date";
    const std::regex date{R"((\d{4})-(\d{2})-(\d{2}):\s*([0-9.]+))"};
    for (auto at = std::sregex_iterator{text.begin(), text.end(), date}; at != std::sregex_iterator{}; ++at)
        std::cout << (*at)[3] << "." << (*at)[2] << "." << (*at)[1] << " -> " << (*at)[4] << "\n";
    std::cout << std::regex_replace(text, std::regex{"[aeiou]"}, "*") << "\n";
}

void exceptions() {
    try {
        std::cout << dive(5) << "\n";
    } catch (const std::logic_error& error) {
        std::cout << "caught " << error.what() << ", " << (dynamic_cast<const std::out_of_range*>(&error) != nullptr) << "\n";
    }
    long caught = 0;
    for (int i = 0; i < 2000; ++i) {
        try {
            if (i % 3 == 0) throw i;
            if (i % 3 == 1) throw std::to_string(i);
            std::vector<int>(3).at(static_cast<std::size_t>(i));
        } catch (int n) {
            caught += n;
        } catch (const std::string& s) {
            caught += static_cast<long>(s.size());
        } catch (const std::out_of_range&) {
            ++caught;
        }
    }
    std::cout << "caught " << caught << "\n";
}

void shapes() {
    std::vector<std::unique_ptr<Shape>> all;
    for (int i = 1; i <= 5; ++i)
        if (i % 2 != 0)
            all.push_back(std::make_unique<Circle>(i));
        else
            all.push_back(std::make_unique<Square>(i));
    double sum = 0;
    for (const auto& shape : all) sum += shape->area();
    std::cout << typeid(*all[0]).name() << " " << typeid(*all[1]).name() << " " << sum << "\n";
    std::variant<int, std::string> either = "text";
    std::any anything = 4.5;
    std::optional<int> nothing;
    std::function<int(int)> twice = [](int x) { return 2 * x; };
    std::cout << either.index() << " " << std::any_cast<double>(anything) << " " << nothing.value_or(twice(21)) << "\n";
}

}  // namespace

int main(int count, char** arguments) {
    shapes();
    numbers();
    expressions();
    exceptions();
    try {
        for (int i = 1; i < count; ++i) words_of(arguments[i]);
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 3;
    }
    return 0;
}
