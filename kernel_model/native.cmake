# The memory manager for native tests: the same sources over the recording port, once per KM_CONTPTE, always under
# the sanitizers.
file(GLOB km_native_sources CONFIGURE_DEPENDS
  ${CMAKE_CURRENT_SOURCE_DIR}/mm/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/lib/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/port/host/*.cpp)

function(add_native_memory_manager variant contpte)
  set(target km_native_${variant})
  add_library(${target} STATIC EXCLUDE_FROM_ALL ${km_native_sources})
  target_compile_definitions(${target} PUBLIC KM_CONTPTE=${contpte})
  target_include_directories(${target} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/port/host)
  target_compile_options(${target} PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
                                          -funsigned-char)
  target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  foldwalk_warnings(${target})
endfunction()
add_native_memory_manager(off 0)
add_native_memory_manager(nofold 1)
add_native_memory_manager(on 2)
