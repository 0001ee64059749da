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
