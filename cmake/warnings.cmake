# One place for compiler settings. -ffp-contract=off keeps results equal between compilers and CPUs.
add_library(faultline_options INTERFACE)
target_compile_options(faultline_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror -ffp-contract=off)
target_include_directories(faultline_options INTERFACE ${CMAKE_SOURCE_DIR})
if(FAULTLINE_SANITIZE)
  # g++ 12 sees uninitialized values inside <regex> and <functional> once the sanitizers are on.
  target_compile_options(faultline_options INTERFACE -fsanitize=${FAULTLINE_SANITIZE} -fno-omit-frame-pointer
    -Wno-maybe-uninitialized)
  target_link_options(faultline_options INTERFACE -fsanitize=${FAULTLINE_SANITIZE})
endif()
