#include "kernel_model/process/open_file.h"

#include "kernel_model/mm/errno.h"

namespace km {
namespace {

constexpr unsigned kMaxOpenFiles = 128;
OpenFile all_open_files[kMaxOpenFiles];

OpenFile* new_open_file(InitrdFile* file) {
    for (OpenFile& open : all_open_files) {
        if (open.references != 0) continue;
        open = {file, 0, 1};
        return &open;
    }
    return nullptr;
}

}  // namespace

void open_console(Task& task) {
    OpenFile* console = new_open_file(nullptr);
    for (unsigned fd = 0; fd < 3; ++fd) task.files.slot[fd] = console;
    console->references = 3;
}

void share_files(Task& child, const Task& parent) {
    child.files = parent.files;
    for (OpenFile* open : child.files.slot)
        if (open != nullptr) ++open->references;
}

void close_all_files(Task& task) {
    for (OpenFile*& open : task.files.slot) {
        if (open != nullptr) --open->references;
        open = nullptr;
    }
}

i64 open_initrd_file(Task& task, const char* path) {
    InitrdFile* file = find_initrd_file(path);
    if (file == nullptr) return -ENOENT;
    for (unsigned fd = 0; fd < FileTable::kSlots; ++fd) {
        if (task.files.slot[fd] != nullptr) continue;
        task.files.slot[fd] = new_open_file(file);
        return task.files.slot[fd] != nullptr ? static_cast<i64>(fd) : -ENFILE;
    }
    return -EMFILE;
}

i64 close_file(Task& task, u64 fd) {
    OpenFile* open = open_file(task, fd);
    if (open == nullptr) return -EBADF;
    --open->references;
    task.files.slot[fd] = nullptr;
    return 0;
}

OpenFile* open_file(const Task& task, u64 fd) { return fd < FileTable::kSlots ? task.files.slot[fd] : nullptr; }

}  // namespace km
