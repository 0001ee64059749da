// Descriptors: dup, pipe, fcntl, ioctl, poll.
#include "kernel_model/fs/open_file.h"
#include "kernel_model/fs/pipe.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/clock.h"
#include "kernel_model/process/scheduler.h"
#include "kernel_model/process/signal.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

// Linux: struct pollfd.
struct PollFd {
    int fd;
    arch::u16 events, revents;
};
constexpr arch::u16 POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32;
constexpr u64 kMaxPolled = 64;

arch::u16 ready_events(const OpenFile& open) {
    const Pipe* pipe = open.node->pipe;
    if (pipe == nullptr) return POLLIN | POLLOUT;
    if (open.writable()) {
        if (pipe->readers == 0) return POLLOUT | POLLERR;
        return pipe->room() >= Pipe::kAtomicBytes ? POLLOUT : 0;
    }
    return static_cast<arch::u16>((pipe->filled() != 0 ? POLLIN : 0) | (pipe->writers == 0 ? POLLHUP : 0));
}

void poll_one(PollFd& polled) {
    polled.revents = 0;
    if (polled.fd < 0) return;
    const OpenFile* open = open_file(*current(), static_cast<u64>(polled.fd));
    polled.revents = open == nullptr ? POLLNVAL : ready_events(*open) & (polled.events | POLLERR | POLLHUP);
}

i64 poll_all(PollFd* polled, u64 count) {
    i64 ready = 0;
    for (u64 i = 0; i < count; ++i) {
        poll_one(polled[i]);
        if (polled[i].revents != 0) ++ready;
    }
    return ready;
}

// Until something happens to a pipe. False: a signal came.
bool wait_for_pipes(u64 deadline) {
    if (deadline != 0) return sleep_until(deadline, &any_pipe);
    sleep_on(&any_pipe);
    return current()->work_pending == 0;
}

i64 poll_until(PollFd* polled, u64 count, u64 deadline) {
    for (;;) {
        const i64 ready = poll_all(polled, count);
        if (ready != 0 || (deadline != 0 && virtual_nanoseconds() >= deadline)) return ready;
        if (!wait_for_pipes(deadline)) return -ERESTARTNOHAND;
    }
}

i64 duplicate(u64 fd, u64 lowest, bool close_on_exec) {
    OpenFile* open = open_file(*current(), fd);
    return open == nullptr ? -EBADF : install_file(*current(), *open, lowest, close_on_exec);
}

i64 install_pipe(OpenFile& reader, OpenFile& writer, bool close_on_exec, int (&fds)[2]) {
    Task& self = *current();
    const i64 first = install_file(self, reader, 0, close_on_exec);
    if (first < 0) {
        drop_open_file(reader);
        drop_open_file(writer);
        return first;
    }
    const i64 second = install_file(self, writer, 0, close_on_exec);
    if (second < 0) {
        static_cast<void>(close_file(self, static_cast<u64>(first)));
        drop_open_file(writer);
        return second;
    }
    fds[0] = static_cast<int>(first);
    fds[1] = static_cast<int>(second);
    return 0;
}

i64 make_pipe_files(u64 flags, int (&fds)[2]) {
    Node* node = make_nameless(NodeKind::Fifo, 0600);
    if (node == nullptr) return -ENOMEM;
    node->pipe = make_pipe();
    OpenFile* reader = node->pipe != nullptr ? new_open_file(*node, O_RDONLY | (flags & O_NONBLOCK)) : nullptr;
    OpenFile* writer = reader != nullptr ? new_open_file(*node, O_WRONLY | (flags & O_NONBLOCK)) : nullptr;
    if (reader != nullptr && writer == nullptr) drop_open_file(*reader);
    node_put(*node);
    if (writer == nullptr) return -ENFILE;
    return install_pipe(*reader, *writer, (flags & O_CLOEXEC) != 0, fds);
}

}  // namespace

i64 sys_dup(PtRegs& r) { return duplicate(r.regs[0], 0, false); }

i64 sys_dup3(PtRegs& r) {
    OpenFile* open = open_file(*current(), r.regs[0]);
    if ((r.regs[2] & ~O_CLOEXEC) != 0 || r.regs[0] == r.regs[1]) return -EINVAL;
    return open == nullptr ? -EBADF : install_file_at(*current(), *open, r.regs[1], r.regs[2] != 0);
}

i64 sys_pipe2(PtRegs& r) {
    int fds[2];
    if ((r.regs[1] & ~(O_CLOEXEC | O_NONBLOCK)) != 0) return -EINVAL;
    if (const i64 error = make_pipe_files(r.regs[1], fds); error != 0) return error;
    if (put_user(fds, r.regs[0])) return 0;
    for (const int fd : fds) static_cast<void>(close_file(*current(), static_cast<u64>(fd)));
    return -EFAULT;
}

i64 sys_fcntl(PtRegs& r) {
    constexpr u64 F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030;
    constexpr u64 kLargeFile = 0400000, kSettable = O_APPEND | O_NONBLOCK;
    const u64 fd = r.regs[0], argument = r.regs[2];
    OpenFile* open = open_file(*current(), fd);
    FileTable& files = current()->files;
    if (open == nullptr) return -EBADF;
    switch (r.regs[1]) {
        case F_DUPFD:
        case F_DUPFD_CLOEXEC:
            return argument >= FileTable::kSlots ? -EINVAL : duplicate(fd, argument, r.regs[1] == F_DUPFD_CLOEXEC);
        case F_GETFD: return static_cast<i64>(files.close_on_exec >> fd & 1);
        case F_SETFD:
            files.close_on_exec = (files.close_on_exec & ~(u64{1} << fd)) | (argument & 1) << fd;
            return 0;
        case F_GETFL: return static_cast<i64>(open->flags | kLargeFile);
        case F_SETFL: open->flags = (open->flags & ~kSettable) | (argument & kSettable); return 0;
        default: return -EINVAL;
    }
}

// Nothing here is a terminal.
i64 sys_ioctl(PtRegs& r) { return open_file(*current(), r.regs[0]) == nullptr ? -EBADF : -ENOTTY; }

i64 sys_close_range(PtRegs& r) {
    constexpr u64 kCloexec = 4;
    if (r.regs[0] > r.regs[1] || (r.regs[2] & ~kCloexec) != 0) return -EINVAL;
    for (u64 fd = r.regs[0]; fd <= r.regs[1] && fd < FileTable::kSlots; ++fd) {
        if (open_file(*current(), fd) == nullptr) continue;
        if (r.regs[2] == 0)
            static_cast<void>(close_file(*current(), fd));
        else
            current()->files.close_on_exec |= u64{1} << fd;
    }
    return 0;
}

i64 sys_ppoll(PtRegs& r) {
    PollFd polled[kMaxPolled];
    const u64 count = r.regs[1];
    if (count > kMaxPolled) return -EINVAL;
    TimeSpec limit{};
    if (r.regs[2] != 0 && !get_user(limit, r.regs[2])) return -EFAULT;
    // A deadline of 0 is none; "at once" is one that has passed.
    const u64 deadline = r.regs[2] == 0 ? 0 : virtual_nanoseconds() + limit.seconds * kNanosecondsPerSecond + limit.nanoseconds + 1;
    if (!copy_from_user(polled, r.regs[0], count * sizeof polled[0])) return -EFAULT;
    const bool at_once = r.regs[2] != 0 && limit.seconds == 0 && limit.nanoseconds == 0;
    const i64 ready = at_once ? poll_all(polled, count) : poll_until(polled, count, deadline);
    if (ready >= 0 && !copy_to_user(r.regs[0], polled, count * sizeof polled[0])) return -EFAULT;
    return ready;
}

}  // namespace km
