#include "kernel_model/process/fpsimd.h"

#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/mm_counters.h"
#include "kernel_model/port/aarch64/sysreg.h"

extern "C" {
void fpsimd_save_state(km::FpState* to);
void fpsimd_load_state(const km::FpState* from);
}

namespace km {
namespace {

constexpr u64 kFpenKernelOnly = u64{1} << 20;  // CPACR_EL1.FPEN: EL0 traps
constexpr u64 kFpenBoth = u64{3} << 20;
constexpr u64 kFpAbsent = 0xf;                 // ID_AA64PFR0_EL1.FP

ObjectPool<FpState> states;
const Task* owner;       // whose values are in the registers; null: nobody's
bool exists;
u64 access = kFpenKernelOnly;

void set_access(u64 wanted) {
    if (!exists || access == wanted) return;
    access = wanted;
    write_sysreg(wanted, CPACR_EL1);
    asm volatile("isb");
}

void save_owner() {
    if (owner != nullptr) fpsimd_save_state(owner->fp);
}

}  // namespace

void fpsimd_start() {
    exists = (read_sysreg(ID_AA64PFR0_EL1) >> 16 & 0xf) != kFpAbsent;
    if (!exists) return;
    write_sysreg(access, CPACR_EL1);
    asm volatile("isb");
}

bool fpsimd_exists() { return exists; }

bool fpsimd_take() {
    Task& self = *current();
    if (self.fp == nullptr) self.fp = states.create();
    if (self.fp == nullptr) return false;
    if (owner != &self) {
        save_owner();
        fpsimd_load_state(self.fp);
        owner = &self;
        count(GUEST_FPSIMD_SWITCHES);
    }
    set_access(kFpenBoth);
    return true;
}

void fpsimd_switch(const Task& next) { set_access(owner == &next ? kFpenBoth : kFpenKernelOnly); }

const FpState* fpsimd_saved() {
    if (owner == current()) save_owner();
    return current()->fp;
}

bool fpsimd_set(const FpState& state) {
    Task& self = *current();
    if (self.fp == nullptr) self.fp = states.create();
    if (self.fp == nullptr) return false;
    *self.fp = state;
    if (owner == &self) fpsimd_load_state(self.fp);
    return true;
}

bool fpsimd_copy_to(Task& child) {
    const FpState* own = fpsimd_saved();
    if (own == nullptr) return true;
    child.fp = states.create();
    if (child.fp == nullptr) return false;
    *child.fp = *own;
    return true;
}

void fpsimd_forget(Task& task) {
    if (owner == &task) {
        owner = nullptr;
        set_access(kFpenKernelOnly);
    }
    if (task.fp != nullptr) states.destroy(task.fp);
    task.fp = nullptr;
}

}  // namespace km
