# seawall_flags: one INTERFACE target that carries warnings, hardening and sanitizers, so no directory-wide state.
add_library(seawall_flags INTERFACE)
target_compile_options(seawall_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wundef -fno-strict-overflow -ffp-contract=off
  $<$<COMPILE_LANGUAGE:CXX>:-Wconversion -Wsign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(seawall_flags INTERFACE -Wthread-safety)
endif()
if(SEAWALL_SANITIZE)
  target_compile_options(seawall_flags INTERFACE
    -fsanitize=${SEAWALL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(seawall_flags INTERFACE -fsanitize=${SEAWALL_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Everything tells libFuzzer which edges it took, not only the fuzzer's own source: else it is blind.
    target_compile_options(seawall_flags INTERFACE -fsanitize=fuzzer-no-link)
  endif()
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  # Untrusted bytes pass through this code: bounds checks of the standard library stay on in release.
  target_compile_options(seawall_flags INTERFACE -D_GLIBCXX_ASSERTIONS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
    -fstack-protector-strong)
  target_link_options(seawall_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

# seawall_module(<name> LAYER <n> [USES <module>...] [THIRD_PARTY <target>...]
#             HEADERS <file>... [SOURCES <file>...] [TESTS <file>...] [TEST_USES <target>...])
#
# The single declaration of a module: it creates the library seawall_<name>, links only what USES names,
# registers one test binary, and is the text tools/arch/check.py reads to verify #include edges.
function(seawall_module name)
  cmake_parse_arguments(PARSE_ARGV 1 M "" "LAYER" "USES;THIRD_PARTY;HEADERS;SOURCES;TESTS;TEST_USES")
  if(M_UNPARSED_ARGUMENTS OR NOT DEFINED M_LAYER)
    message(FATAL_ERROR "seawall_module(${name}): bad arguments: ${M_UNPARSED_ARGUMENTS}")
  endif()
  add_library(seawall_${name} STATIC)
  target_sources(seawall_${name} PRIVATE ${M_SOURCES} ${CMAKE_SOURCE_DIR}/cmake/empty.cpp)
  if(M_HEADERS)
    target_sources(seawall_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/src FILES ${M_HEADERS})
  endif()
  set_target_properties(seawall_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  list(TRANSFORM M_USES PREPEND seawall_ OUTPUT_VARIABLE uses)
  target_link_libraries(seawall_${name} PUBLIC ${uses} ${M_THIRD_PARTY} PRIVATE seawall_flags)
  if(M_TESTS AND SEAWALL_TESTS)
    add_executable(seawall_${name}_test ${M_TESTS})
    target_link_libraries(seawall_${name}_test PRIVATE seawall_${name} seawall_flags GTest::gmock_main ${M_TEST_USES})
    target_compile_definitions(seawall_${name}_test PRIVATE SEAWALL_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data"
      SEAWALL_BIN_DIR="${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
    add_test(NAME ${name} COMMAND seawall_${name}_test)
  endif()
endfunction()
