// openat, close, lseek, read, write, writev and fstat on the console and on files of the initrd, which are read only.
#include "kernel_model/boot/console.h"
#include "kernel_model/mm/errno.h"
#include "kernel_model/process/open_file.h"
#include "kernel_model/process/syscall.h"
#include "kernel_model/process/user_access.h"

namespace km {
namespace {

constexpr u64 kMaxPath = 256;
constexpr u64 kMaxVectors = 1024;  // Linux: UIO_MAXIOV

// Linux: struct stat of arm64 (include/uapi/asm-generic/stat.h).
struct Stat {
    u64 st_dev{0}, st_ino{0};
    arch::u32 st_mode{0}, st_nlink{1}, st_uid{0}, st_gid{0};
    u64 st_rdev{0}, pad1{0};
    i64 st_size{0};
    arch::u32 st_blksize{4096}, pad2{0};
    i64 st_blocks{0};
    u64 times[6]{};
    u64 unused{0};
};
static_assert(sizeof(Stat) == 128);
constexpr arch::u32 kCharacterDevice = 0020620;
constexpr arch::u32 kRegularReadOnly = 0100555;

i64 write_console(u64 from, u64 bytes) {
    char chunk[256];
    for (u64 done = 0; done < bytes;) {
        const u64 now = bytes - done < sizeof chunk ? bytes - done : sizeof chunk;
        if (!copy_from_user(chunk, from + done, now)) return done != 0 ? static_cast<i64>(done) : -EFAULT;
        console::write(chunk, now);
        done += now;
    }
    return static_cast<i64>(bytes);
}

i64 write_file(const OpenFile* open, u64 from, u64 bytes) {
    if (open == nullptr || open->file != nullptr) return -EBADF;
    return write_console(from, bytes);
}

}  // namespace

i64 sys_openat(PtRegs& r) {
    constexpr u64 kAccessMode = 3;
    char path[kMaxPath];
    if (const i64 length = string_from_user(path, r.regs[1], sizeof path); length < 0) return length;
    if ((r.regs[2] & kAccessMode) != 0) return -EROFS;
    return open_initrd_file(*current(), path);
}

i64 sys_close(PtRegs& r) { return close_file(*current(), r.regs[0]); }

i64 sys_lseek(PtRegs& r) {
    OpenFile* open = open_file(*current(), r.regs[0]);
    if (open == nullptr) return -EBADF;
    if (open->file == nullptr) return -ESPIPE;
    const u64 bases[] = {0, open->offset, open->file->size};  // SEEK_SET, SEEK_CUR, SEEK_END
    if (r.regs[2] >= 3) return -EINVAL;
    const u64 offset = bases[r.regs[2]] + r.regs[1];
    if (static_cast<i64>(offset) < 0) return -EINVAL;
    open->offset = offset;
    return static_cast<i64>(offset);
}

i64 sys_read(PtRegs& r) {
    OpenFile* open = open_file(*current(), r.regs[0]);
    if (open == nullptr) return -EBADF;
    if (open->file == nullptr || open->offset >= open->file->size) return 0;
    const u64 left = open->file->size - open->offset;
    const u64 bytes = r.regs[2] < left ? r.regs[2] : left;
    if (!copy_to_user(r.regs[1], open->file->bytes + open->offset, bytes)) return -EFAULT;
    open->offset += bytes;
    return static_cast<i64>(bytes);
}

i64 sys_write(PtRegs& r) { return write_file(open_file(*current(), r.regs[0]), r.regs[1], r.regs[2]); }

i64 sys_writev(PtRegs& r) {
    struct Vector {
        u64 base, length;
    };
    if (r.regs[2] > kMaxVectors) return -EINVAL;
    i64 total = 0;
    for (u64 i = 0; i < r.regs[2]; ++i) {
        Vector vector;
        if (!get_user(vector, r.regs[1] + i * sizeof vector)) return total != 0 ? total : -EFAULT;
        const i64 written = write_file(open_file(*current(), r.regs[0]), vector.base, vector.length);
        if (written < 0) return total != 0 ? total : written;
        total += written;
    }
    return total;
}

i64 sys_fstat(PtRegs& r) {
    const OpenFile* open = open_file(*current(), r.regs[0]);
    if (open == nullptr) return -EBADF;
    Stat stat;
    stat.st_mode = open->file != nullptr ? kRegularReadOnly : kCharacterDevice;
    if (open->file != nullptr) {
        stat.st_size = static_cast<i64>(open->file->size);
        stat.st_blocks = (stat.st_size + 511) / 512;
    }
    return put_user(stat, r.regs[1]) ? 0 : -EFAULT;
}

}  // namespace km
