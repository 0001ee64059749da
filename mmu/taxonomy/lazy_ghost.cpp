#include "mmu/taxonomy/lazy_ghost.h"

namespace mmu {

void LazyGhost::begin() {
    directory_.begin(*real_);
    in_step_ = false;
    fills_ = 0;
    first_unseen_ = real_->clock() + 1;
}

bool LazyGhost::try_to_end() {
    fills_ = 0;
    in_step_ = directory_.is_in_step_with(*real_);
    return in_step_;
}

}  // namespace mmu
