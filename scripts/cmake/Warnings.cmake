# Warnings are errors in CI (preset `ci`), not in a user's build.
option(FOLDWALK_WERROR "Treat warnings as errors" OFF)
function(foldwalk_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
                                           -Wnon-virtual-dtor)
  if(FOLDWALK_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()
