#include "kernel_model/mm/asid_allocator.h"

#include "kernel_model/mm/tlbflush.h"
#include "kernel_model/port/port.h"

namespace km {

u64 AsidAllocator::asid_part(u64 context) { return context & (kFirstGeneration - 1); }

u64 AsidAllocator::find_free(u64 from, u64 end) const {
    while (from != end && test(from)) ++from;
    return from;
}

// The running address space keeps its ASID across the change: it uses the TLB until the switch is done.
void AsidAllocator::start_generation() {
    generation_ += kFirstGeneration;
    for (u64& word : used_) word = 0;
    reserved_ = active_;
    set(asid_part(reserved_));
    local_flush_tlb_all();
}

u64 AsidAllocator::new_context(u64 old_context, unsigned bits) {
    const u64 end = u64{1} << bits;
    const u64 old_asid = asid_part(old_context);
    if (old_context != 0 && old_context == reserved_) return reserved_ = generation_ | old_asid;
    if (old_asid != 0 && !test(old_asid)) {
        set(old_asid);
        return generation_ | old_asid;
    }
    u64 asid = find_free(next_, end);
    if (asid == end) {
        start_generation();
        asid = find_free(1, end);
    }
    set(asid);
    next_ = asid;
    return generation_ | asid;
}

void AsidAllocator::switch_to(AddressSpace& mm, unsigned bits) {
    const bool current_generation = mm.context_id - asid_part(mm.context_id) == generation_;
    if (!current_generation) mm.context_id = new_context(mm.context_id, bits);
    active_ = mm.context_id;
    port::install_address_space(port::virt_to_phys(mm.pgd), asid_of(mm));
}

}  // namespace km
