# Warnings are errors in CI (preset `ci`), not in a user's build.
option(FOLDWALK_WERROR "Treat warnings as errors" OFF)
function(foldwalk_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                                           -Wnon-virtual-dtor)
  # g++ 12 sees overlaps in `"literal" + std::string` that are not there (GCC bug 105651).
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  if(FOLDWALK_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
