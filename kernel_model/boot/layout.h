/* The kernel's virtual address layout: 48-bit, 4K pages, as Linux lays it out. Read by C++, the assembler and the
 * linker script's author.
 *   0xffff000000000000  linear map: VA = PA + KM_PAGE_OFFSET, all RAM (Linux: PAGE_OFFSET, memstart_addr 0)
 *   0xffff800080000000  the kernel image, in 64K-aligned segments (Linux: KIMAGE_VADDR without KASLR)
 *   0xfffffffffe000000  device pages (Linux: the fixmap) */
#ifndef KERNEL_MODEL_BOOT_LAYOUT_H
#define KERNEL_MODEL_BOOT_LAYOUT_H

#define KM_PAGE_OFFSET 0xffff000000000000
#define KM_IMAGE_ADDRESS 0xffff800080000000
#define KM_DEVICE_ADDRESS 0xfffffffffe000000
#define KM_STACK_SIZE 16384 /* Linux: THREAD_SIZE */

/* Indices into MAIR_EL1. Values and order are Linux's (arch/arm64/include/asm/memory.h). */
#define KM_MT_NORMAL 0
#define KM_MT_NORMAL_TAGGED 1
#define KM_MT_NORMAL_NC 2
#define KM_MT_DEVICE_nGnRnE 3
#define KM_MT_DEVICE_nGnRE 4
#define KM_MAIR_EL1 0x000000040044ffff

#endif
