# Cross-compiled programs in the native build tree: one custom command per object, with dependency files, so that
# ninja rebuilds exactly what changed. Guest code is never a CMake target of its own language: the tree has one
# C++ toolchain, the host's.
set(GUEST_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/guest)
file(MAKE_DIRECTORY ${GUEST_OUTPUT_DIRECTORY})

set(GUEST_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion)
if(FOLDWALK_WERROR)
  list(APPEND GUEST_WARNINGS -Werror)
endif()
set(GUEST_CXX_FLAGS -std=c++20 -O2 -g -march=armv8-a -ffreestanding -fno-exceptions -fno-rtti -fno-threadsafe-statics
                    -fno-stack-protector -fno-asynchronous-unwind-tables -fno-pic -mgeneral-regs-only
                    -mno-outline-atomics -funsigned-char -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= ${GUEST_WARNINGS})

# guest_objects(OBJECTS NAME sources... FLAGS flags...): sets OBJECTS to the object files of program NAME.
function(guest_objects out_objects name)
  cmake_parse_arguments(arg "" "" "FLAGS" ${ARGN})
  set(objects)
  foreach(source ${arg_UNPARSED_ARGUMENTS})
    file(RELATIVE_PATH relative ${CMAKE_SOURCE_DIR} ${source})
    set(object ${GUEST_OUTPUT_DIRECTORY}/${name}.dir/${relative}.o)
    get_filename_component(folder ${object} DIRECTORY)
    file(MAKE_DIRECTORY ${folder})
    file(RELATIVE_PATH object_in_tree ${CMAKE_BINARY_DIR} ${object})
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} ${GUEST_CXX} ${GUEST_CXX_FLAGS} ${arg_FLAGS} -I${CMAKE_SOURCE_DIR}
              -MD -MF ${object}.d -MT ${object_in_tree} -c ${source} -o ${object}
      DEPENDS ${source}
      DEPFILE ${object}.d
      COMMENT "Guest ${name}: ${relative}"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${out_objects} ${objects} PARENT_SCOPE)
endfunction()

# guest_link(OUTPUT objects... FLAGS linker flags... DEPENDS files...): links a static program without any library.
function(guest_link output)
  cmake_parse_arguments(arg "" "" "FLAGS;DEPENDS" ${ARGN})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${GUEST_CXX} -nostdlib -nostartfiles -static -no-pie -Wl,--build-id=none -Wl,--gc-sections
            -Wl,--fatal-warnings ${arg_FLAGS} ${arg_UNPARSED_ARGUMENTS} -o ${output}
    DEPENDS ${arg_UNPARSED_ARGUMENTS} ${arg_DEPENDS}
    COMMENT "Guest link ${output}"
    VERBATIM)
endfunction()

# What an EL0 program is made of beside its own source.
set(GUEST_RUNTIME_SOURCES
    ${CMAKE_SOURCE_DIR}/workloads/common/crt0.S ${CMAKE_SOURCE_DIR}/workloads/common/runtime.cpp
    ${CMAKE_SOURCE_DIR}/workloads/common/arguments.cpp ${CMAKE_SOURCE_DIR}/workloads/common/print.cpp
    ${CMAKE_SOURCE_DIR}/kernel_model/port/aarch64/memory_operations.S)

# guest_program(OUT NAME objects...): programs/NAME, which keeps its symbols, and stripped/NAME, for an initrd; sets OUT
# to the latter. Linked where Linux's tool chains put a static program.
function(guest_program out name)
  set(program ${GUEST_OUTPUT_DIRECTORY}/programs/${name})
  set(stripped ${GUEST_OUTPUT_DIRECTORY}/stripped/${name})
  file(MAKE_DIRECTORY ${GUEST_OUTPUT_DIRECTORY}/programs ${GUEST_OUTPUT_DIRECTORY}/stripped)
  guest_link(${program} ${ARGN} FLAGS -Wl,-Ttext-segment=0x400000 -Wl,-z,max-page-size=65536 -Wl,-z,noexecstack)
  add_custom_command(OUTPUT ${stripped} COMMAND ${GUEST_OBJCOPY} --strip-all ${program} ${stripped}
                     DEPENDS ${program} VERBATIM)
  set(${out} ${stripped} PARENT_SCOPE)
endfunction()

# guest_initrd(OUTPUT files...): an initrd with these files in its root.
function(guest_initrd output)
  add_custom_command(OUTPUT ${output} COMMAND make_initrd ${output} ${ARGN} DEPENDS make_initrd ${ARGN} VERBATIM)
endfunction()
