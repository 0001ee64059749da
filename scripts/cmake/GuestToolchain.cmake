# Guest code is cross-compiled with Debian's g++-aarch64-linux-gnu beside the native build.
find_program(GUEST_CXX aarch64-linux-gnu-g++)
find_program(GUEST_CC aarch64-linux-gnu-gcc)
find_program(GUEST_OBJCOPY aarch64-linux-gnu-objcopy)
find_program(GUEST_OBJDUMP aarch64-linux-gnu-objdump)
if(NOT GUEST_CXX OR NOT GUEST_CC OR NOT GUEST_OBJCOPY)
  message(FATAL_ERROR "aarch64-linux-gnu-g++ not found: apt-get install g++-aarch64-linux-gnu")
endif()
