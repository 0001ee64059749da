// Sizes of the branch predictor. No Arm core publishes those of its direction and indirect predictors.
#pragma once

#include "emu/timing/estimate.h"

namespace emu {

enum class DirectionKind : arch::u8 {
    Bimodal,  // by address alone
    Tage,     // and by tagged tables of ever longer histories
};

struct PredictorConfig {
    DirectionKind direction{DirectionKind::Tage};
    unsigned bimodal_entries{16384};
    unsigned tagged_tables{5};
    unsigned tagged_entries{2048};
    unsigned shortest_history{5};
    unsigned longest_history{130};
    unsigned indirect_entries{1024};
    unsigned btb_entries{6144};
    unsigned btb_ways{4};
    unsigned return_stack{31};
};

namespace detail {

template <class V>
void describe_predictor(V& v, PredictorConfig& p) {
    v.choice("core.predictor.direction", p.direction,
             {{"bimodal", DirectionKind::Bimodal}, {"tage", DirectionKind::Tage}},
             "predictor of conditional branches");
    v.param("core.predictor.bimodal_entries", p.bimodal_entries, "entries", 16, 1 << 20, "two-bit counters by address");
    v.param("core.predictor.tagged_tables", p.tagged_tables, "tables", 1, 8, "tables by history of a tage predictor");
    v.param("core.predictor.tagged_entries", p.tagged_entries, "entries", 16, 1 << 16, "of each of these");
    v.param("core.predictor.shortest_history", p.shortest_history, "branches", 1, 64, "of the first of them");
    v.param("core.predictor.longest_history", p.longest_history, "branches", 1, 1000,
            "of the last; those between grow geometrically");
    v.param("core.predictor.indirect_entries", p.indirect_entries, "entries", 16, 1 << 16,
            "of each of two tables of targets by history");
    v.param("core.btb_entries", p.btb_entries, "entries", 16, 65536, "branch target buffer");
    v.param("core.btb_ways", p.btb_ways, "ways", 1, 16, "associativity of the branch target buffer, LRU");
    v.param("core.return_stack", p.return_stack, "entries", 1, 256, "return address stack");
}

}  // namespace detail

}  // namespace emu
