// Events to a replay program: the calls with their results forced, every completed access in order, and the regions
// that no call made (execve's segments, stack, vdso), taken from the faults' own region fields.
//
// A task is an address space of its own unless it was cloned with CLONE_VM (threads, posix_spawn): then it acts in
// its parent's until it calls execve.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "emu/trace/event.h"
#include "emu/trace/interval_set.h"
#include "emu/trace/statistics.h"
#include "kernel_model/abi/replay_abi.h"

namespace emu::trace {

class ReplayProgram {
public:
    // `sink` receives the operations in order.
    explicit ReplayProgram(std::function<void(const replay_op&)> sink) : sink_{std::move(sink)} {}

    // For traces whose faults carry no region fields: the page ranges that a first pass found touched. Faults in them
    // get that region, readable, writable and executable, private anonymous.
    void assume_regions(IntervalSet touched) { assumed_ = std::move(touched); }

    // Where heaps go; those that are not listed stay where the trace has them.
    void place_heaps(HeapStarts heaps) { wanted_heaps_ = std::move(heaps); }

    void add(const Event& event);
    void finish();

    [[nodiscard]] const Statistics& statistics() const { return statistics_; }
    [[nodiscard]] Statistics& statistics() { return statistics_; }

private:
    static constexpr std::uint64_t kEmptyHash = 0xcbf29ce484222325;

    // One address space of the trace.
    struct Process {
        std::uint32_t id{0};
        std::uint32_t users{1};       // tasks that act in it
        std::uint64_t call_hash{kEmptyHash};
        IntervalSet mapped;
        IntervalSet touched;          // pages of anonymous faults
        std::uint64_t image{0};       // execve calls so far
        bool heap_known{false};
        HeapMove heap;
        bool exec_pending{false};     // execve entered its new address space; the stack's place is not known yet
        std::vector<replay_op> held;  // operations until it is
        std::vector<std::uint64_t> argument_pages;  // addresses below the temporary stack's end
    };
    struct Task {
        std::shared_ptr<Process> process;
        bool in_exec{false};
        Event call{};                 // the call under way
        bool call_valid{false};
        std::deque<Event> faults;     // entered, not returned
        std::uint64_t clone_flags{0};
        bool clone_is_spawn{false};
    };

    Task& task(std::uint32_t number);
    void start_process(Task& t);
    void emit(Process& p, replay_op op);
    void release_held(Process& p, std::uint64_t stack_start, std::uint64_t stack_end, std::uint64_t flags);

    void add_fault(const Event& e);
    void complete_fault(Task& t, const Event& recorded, bool from_get_user_pages);
    void count_fault(const Event& fault, bool from_get_user_pages);
    void enter_new_image(Task& t);
    void note_touch(Process& p, const Event& fault);
    void ensure_region(Process& p, const Event& fault);
    void region(Process& p, std::uint64_t start, std::uint64_t end, std::uint64_t flags, std::uint64_t pgoff,
                std::uint64_t file);
    void add_call(Task& t, const Event& exit);
    void repeat_mmap(Process& p, const Event& call, std::uint64_t result);
    void repeat_mremap(Process& p, const Event& call, std::uint64_t result);
    void count_contpte(const Event& e);
    void start_heap(Process& p, std::uint64_t start);
    void repeat_brk(Process& p, const Event& call, std::uint64_t result);
    void repeat_range_call(Process& p, const Event& call);
    void add_fork(const Event& e);
    void end_task(std::uint32_t number);

    std::function<void(const replay_op&)> sink_;
    std::map<std::uint32_t, Task> tasks_;
    IntervalSet assumed_;
    HeapStarts wanted_heaps_;
    std::uint32_t next_process_{1};
    std::uint64_t next_file_{1};
    Statistics statistics_;
};

}  // namespace emu::trace
