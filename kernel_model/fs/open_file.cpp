#include "kernel_model/fs/open_file.h"

#include "kernel_model/fs/pipe.h"
#include "kernel_model/mm/errno.h"

namespace km {
namespace {

constexpr unsigned kMaxOpenFiles = 512;
OpenFile all_open_files[kMaxOpenFiles];

void put_open_file(OpenFile& open) {
    if (--open.references == 0) drop_open_file(open);
}

void install(Task& task, OpenFile& open, u64 fd, bool close_on_exec) {
    ++open.references;
    task.files.slot[fd] = &open;
    if (fd >= task.files.end) task.files.end = static_cast<unsigned>(fd) + 1;
    const u64 bit = u64{1} << fd;
    task.files.close_on_exec = close_on_exec ? task.files.close_on_exec | bit : task.files.close_on_exec & ~bit;
}

// A stream of the console, which has no name in the tree.
OpenFile* open_stream(Device device, u64 flags) {
    Node* node = make_nameless(NodeKind::Character, 0620);
    if (node == nullptr) return nullptr;
    node->device = device;
    OpenFile* open = new_open_file(*node, flags);
    node_put(*node);
    return open;
}

}  // namespace

OpenFile* new_open_file(Node& node, u64 flags) {
    for (OpenFile& open : all_open_files) {
        if (open.node != nullptr) continue;
        open = {&node, 0, flags, 0};
        node_get(node);
        if (node.pipe != nullptr) ++(open.writable() ? node.pipe->writers : node.pipe->readers);
        return &open;
    }
    return nullptr;
}

void drop_open_file(OpenFile& open) {
    Node& node = *open.node;
    if (node.pipe != nullptr) {
        --(open.writable() ? node.pipe->writers : node.pipe->readers);
        wake_pipe(*node.pipe);
    }
    open.node = nullptr;
    node_put(node);
}

bool open_standard_files(Task& task, Node* input) {
    OpenFile* const standard[] = {input != nullptr ? new_open_file(*input, O_RDONLY) : open_stream(Device::Null, O_RDONLY),
                                  open_stream(Device::ConsoleOutput, O_WRONLY), open_stream(Device::ConsoleError, O_WRONLY)};
    for (u64 fd = 0; fd < 3; ++fd) {
        if (standard[fd] == nullptr) return false;
        install(task, *standard[fd], fd, false);
    }
    return true;
}

void share_files(Task& child, const Task& parent) {
    child.files.end = parent.files.end;
    child.files.close_on_exec = parent.files.close_on_exec;
    for (unsigned fd = 0; fd < parent.files.end; ++fd) {
        child.files.slot[fd] = parent.files.slot[fd];
        if (child.files.slot[fd] != nullptr) ++child.files.slot[fd]->references;
    }
}

void close_all_files(Task& task) {
    for (unsigned fd = 0; fd < task.files.end; ++fd) {
        if (task.files.slot[fd] != nullptr) put_open_file(*task.files.slot[fd]);
        task.files.slot[fd] = nullptr;
    }
    task.files.end = 0;
}

void close_files_on_exec(Task& task) {
    for (u64 fd = 0; fd < task.files.end; ++fd)
        if ((task.files.close_on_exec >> fd & 1) != 0) static_cast<void>(close_file(task, fd));
    task.files.close_on_exec = 0;
}

i64 install_file(Task& task, OpenFile& open, u64 lowest, bool close_on_exec) {
    for (u64 fd = lowest; fd < FileTable::kSlots; ++fd) {
        if (task.files.slot[fd] != nullptr) continue;
        install(task, open, fd, close_on_exec);
        return static_cast<i64>(fd);
    }
    return -EMFILE;
}

i64 install_file_at(Task& task, OpenFile& open, u64 fd, bool close_on_exec) {
    if (fd >= FileTable::kSlots) return -EBADF;
    ++open.references;  // it may be the one that is closed
    static_cast<void>(close_file(task, fd));
    --open.references;
    install(task, open, fd, close_on_exec);
    return static_cast<i64>(fd);
}

i64 close_file(Task& task, u64 fd) {
    OpenFile* open = open_file(task, fd);
    if (open == nullptr) return -EBADF;
    task.files.slot[fd] = nullptr;
    task.files.close_on_exec &= ~(u64{1} << fd);
    put_open_file(*open);
    return 0;
}

OpenFile* open_file(const Task& task, u64 fd) { return fd < FileTable::kSlots ? task.files.slot[fd] : nullptr; }

}  // namespace km
