// The second opinion on two stages: stage 2 from the manual's bit numbers alone, around the oracle walker of stage 1.
#pragma once

#include "mmu/check/oracle_walker.h"

namespace mmu::check {

struct OracleStage2Registers {
    std::uint64_t hcr{0};
    std::uint64_t vtcr{0};
    std::uint64_t vttbr{0};
};

struct OracleTwoStageOutcome {
    OracleOutcome stage1{};          // with reads of both stages
    bool second_stage{false};        // the fault is one of stage 2: then
    unsigned status{0};              //   its status code,
    bool s1ptw{false};               //   whether a table of stage 1 was to be reached,
    std::uint64_t ipa{0};            //   and at what address
    std::uint64_t pa{0};
    unsigned attribute{0};           // a byte as of MAIR_EL1
    unsigned shareability{0};
};

// Translates `va` with the MMU on and HCR_EL2.VM set. `mair` is MAIR_EL1.
[[nodiscard]] OracleTwoStageOutcome oracle_translate_two_stages(const OracleRegisters& registers,
                                                                const OracleStage2Registers& stage2, std::uint64_t mair,
                                                                const ReadDescriptor& read, std::uint64_t va,
                                                                const OracleAccess& access);

}  // namespace mmu::check
