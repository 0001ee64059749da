// The workloads, as workloads/manifest.ini lists them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "emu/app/data_files.h"

namespace emu::app {

struct Workload {
    std::string name;
    std::string description;
    std::vector<std::pair<std::string, std::string>> defaults;  // arguments and their default values
    std::vector<std::string> phases;                            // those of interest
    std::vector<std::string> compared_footprints;               // values of bytes= that compare goes through
    std::optional<std::uint64_t> checksum;                      // with the default arguments
};

class Manifest {
public:
    explicit Manifest(const DataFiles& files);

    [[nodiscard]] const std::vector<Workload>& workloads() const { return workloads_; }
    // Throws UserError on an unknown name, naming the nearest.
    [[nodiscard]] const Workload& find(const std::string& name) const;

private:
    Workload& at_name(const std::string& name);

    std::vector<Workload> workloads_;
};

// The arguments as the workload reads them. Throws UserError for one that is not key=number of a key that the workload takes.
[[nodiscard]] std::vector<std::string> checked_arguments(const Workload& workload, const std::vector<std::string>& arguments);

}  // namespace emu::app
