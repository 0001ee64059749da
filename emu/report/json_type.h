// The one place that names the JSON library. Keys keep the order in which they are added.
#pragma once

#include <nlohmann/json.hpp>

namespace emu {

using Json = nlohmann::ordered_json;

}  // namespace emu
