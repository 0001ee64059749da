#include "kernel_model/fs/pipe.h"

#include "kernel_model/lib/object_pool.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr unsigned kRingOrder = 4;
static_assert(PAGE_SIZE << kRingOrder == Pipe::kBytes);

ObjectPool<Pipe> pipes;

// Contiguous bytes of the ring from `position`, at most `bytes`.
u64 contiguous(u64 position, u64 bytes) { return min(bytes, Pipe::kBytes - position % Pipe::kBytes); }

// Sleeps until somebody touches the pipe. False: a signal came first.
bool wait_for(const Pipe& pipe) {
    sleep_on(&pipe);
    return current()->work_pending == 0;
}

// What is there, up to `bytes`.
i64 take(Pipe& pipe, u64 to, u64 bytes) {
    u64 done = 0;
    while (done < bytes && pipe.filled() != 0) {
        const u64 now = contiguous(pipe.read, min(bytes - done, pipe.filled()));
        if (!copy_to_user(to + done, pipe.ring + pipe.read % Pipe::kBytes, now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        pipe.read += now;
        done += now;
    }
    return static_cast<i64>(done);
}

// What fits, up to `bytes`.
i64 put(Pipe& pipe, u64 from, u64 bytes) {
    u64 done = 0;
    while (done < bytes && pipe.room() != 0) {
        const u64 now = contiguous(pipe.written, min(bytes - done, pipe.room()));
        if (!copy_from_user(pipe.ring + pipe.written % Pipe::kBytes, from + done, now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        pipe.written += now;
        done += now;
    }
    return static_cast<i64>(done);
}

}  // namespace

Pipe* make_pipe() {
    Page* pages = alloc_pages(kRingOrder, false);
    if (pages == nullptr) return nullptr;
    Pipe* pipe = pipes.create();
    if (pipe == nullptr)
        free_pages(pages, kRingOrder);
    else
        pipe->ring = static_cast<u8*>(page_address(pages));
    return pipe;
}

void free_pipe(Pipe& pipe) {
    free_pages(virt_to_page(pipe.ring), kRingOrder);
    pipes.destroy(&pipe);
}

void wake_pipe(const Pipe& pipe) {
    wake_all(&pipe);
    wake_all(&any_pipe);
}

i64 read_pipe(Pipe& pipe, u64 to, u64 bytes, bool nonblocking) {
    if (bytes == 0) return 0;
    while (pipe.filled() == 0) {
        if (pipe.writers == 0) return 0;
        if (nonblocking) return -EAGAIN;
        if (!wait_for(pipe)) return -ERESTARTSYS;
    }
    const i64 taken = take(pipe, to, bytes);
    wake_pipe(pipe);
    return taken;
}

i64 write_pipe(Pipe& pipe, u64 from, u64 bytes, bool nonblocking) {
    u64 done = 0;
    do {
        if (pipe.readers == 0) {
            send_signal(*current(), SIGPIPE);
            return done != 0 ? static_cast<i64>(done) : -EPIPE;
        }
        const u64 left = bytes - done;
        if (pipe.room() >= (left <= Pipe::kAtomicBytes ? left : 1)) {
            const i64 now = put(pipe, from + done, left);
            if (now < 0) return done != 0 ? static_cast<i64>(done) : now;
            done += static_cast<u64>(now);
            wake_pipe(pipe);
            continue;
        }
        if (nonblocking) return done != 0 ? static_cast<i64>(done) : -EAGAIN;
        if (!wait_for(pipe)) return done != 0 ? static_cast<i64>(done) : -ERESTARTSYS;
    } while (done < bytes);
    return static_cast<i64>(done);
}

}  // namespace km
