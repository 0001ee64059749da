// Linux's error numbers, include/uapi/asm-generic/errno-base.h and errno.h. A system call returns them negated.
// A hosted build (the native tests) takes the C library's, which are the same numbers.
#pragma once

#if __STDC_HOSTED__
#include <cerrno>
#else
namespace km {

inline constexpr int EPERM = 1;
inline constexpr int ENOENT = 2;
inline constexpr int ESRCH = 3;
inline constexpr int EINTR = 4;
inline constexpr int EIO = 5;
inline constexpr int E2BIG = 7;
inline constexpr int ENOEXEC = 8;
inline constexpr int EBADF = 9;
inline constexpr int ECHILD = 10;
inline constexpr int EAGAIN = 11;
inline constexpr int ENOMEM = 12;
inline constexpr int EACCES = 13;
inline constexpr int EFAULT = 14;
inline constexpr int EBUSY = 16;
inline constexpr int EEXIST = 17;
inline constexpr int EXDEV = 18;
inline constexpr int ENODEV = 19;
inline constexpr int ENOTDIR = 20;
inline constexpr int EISDIR = 21;
inline constexpr int EINVAL = 22;
inline constexpr int ENFILE = 23;
inline constexpr int EMFILE = 24;
inline constexpr int ENOTTY = 25;
inline constexpr int EFBIG = 27;
inline constexpr int ENOSPC = 28;
inline constexpr int ESPIPE = 29;
inline constexpr int EROFS = 30;
inline constexpr int EPIPE = 32;
inline constexpr int ERANGE = 34;
inline constexpr int ENAMETOOLONG = 36;
inline constexpr int ENOSYS = 38;
inline constexpr int ENOTEMPTY = 39;
inline constexpr int ELOOP = 40;
inline constexpr int EOVERFLOW = 75;
inline constexpr int EOPNOTSUPP = 95;
inline constexpr int ETIMEDOUT = 110;

}  // namespace km
#endif
