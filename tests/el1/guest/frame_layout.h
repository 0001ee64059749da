/* Offsets of struct Frame (probe.h), for C++ and assembly. */
#ifndef FOLDWALK_TESTS_EL1_FRAME_LAYOUT_H
#define FOLDWALK_TESTS_EL1_FRAME_LAYOUT_H

#define FRAME_X(n) (8 * (n))
#define FRAME_SP_EL1 248
#define FRAME_SP_EL0 256
#define FRAME_VECTOR 264
#define FRAME_ESR 272
#define FRAME_FAR 280
#define FRAME_ELR 288
#define FRAME_SPSR 296
#define FRAME_HARNESS_SP 304
#define FRAME_RUNNING 312

#endif
