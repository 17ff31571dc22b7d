# The layering lives here: a module says what it links, and tests/layering compares that with docs/ARCHITECTURE.md.
#
#   parley_module(NAME SOURCES … [PUBLIC …] [PRIVATE …] [THIRD_PARTY …] [INCLUDE dir])   static library, warnings on
#   parley_program(NAME SOURCES … LINKS … [THIRD_PARTY …])                               goes to <build>/bin
#   parley_test(NAME SOURCES … LINKS … [LABELS …] [TIMEOUT s] [ARGS …] [DEPENDS target…]) cmocka program, registered with ctest
#   parley_fuzz(NAME SOURCES … LINKS …)    libFuzzer target with the fuzz preset; otherwise a replayer of its seed corpus

add_library(project_warnings INTERFACE)
target_compile_options(project_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wundef -Wpointer-arith -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -fno-strict-aliasing
  -fstack-protector-strong)
if(PARLEY_WERROR)
  target_compile_options(project_warnings INTERFACE -Werror)
endif()
target_compile_definitions(project_warnings INTERFACE _GNU_SOURCE)

set(PARLEY_SANITIZE "" CACHE STRING "comma list for -fsanitize=")
if(PARLEY_SANITIZE)
  add_compile_options(-fsanitize=${PARLEY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${PARLEY_SANITIZE})
endif()
if(PARLEY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
if(PARLEY_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

define_property(GLOBAL PROPERTY PARLEY_GRAPH BRIEF_DOCS "module edges, for tests/layering" FULL_DOCS "one line a target")

# kind|name|links|third party|folder|sources, lists with spaces: tests/layering reads it from <build>/module-graph.txt.
function(parley_graph kind name links third_party sources)
  string(REPLACE ";" " " links "${links}")
  string(REPLACE ";" " " third_party "${third_party}")
  string(REPLACE ";" " " sources "${sources}")
  file(RELATIVE_PATH folder ${CMAKE_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set_property(GLOBAL APPEND PROPERTY PARLEY_GRAPH "${kind}|${name}|${links}|${third_party}|${folder}|${sources}")
endfunction()

function(parley_module name)
  cmake_parse_arguments(M "" "INCLUDE" "SOURCES;PUBLIC;PRIVATE;THIRD_PARTY" ${ARGN})
  add_library(${name} STATIC ${M_SOURCES})
  if(M_INCLUDE)
    target_include_directories(${name} PUBLIC ${M_INCLUDE})
  elseif(IS_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/include)
    target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${M_PUBLIC} PRIVATE ${M_PRIVATE} ${M_THIRD_PARTY} project_warnings)
  parley_graph(module ${name} "${M_PUBLIC};${M_PRIVATE}" "${M_THIRD_PARTY}" "${M_SOURCES}")
endfunction()

function(parley_program name)
  cmake_parse_arguments(M "" "" "SOURCES;LINKS;THIRD_PARTY" ${ARGN})
  add_executable(${name} ${M_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${M_LINKS} ${M_THIRD_PARTY} project_warnings)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  parley_graph(program ${name} "${M_LINKS}" "${M_THIRD_PARTY}" "${M_SOURCES}")
endfunction()

function(parley_test name)
  cmake_parse_arguments(M "" "TIMEOUT" "SOURCES;LINKS;LABELS;ARGS;DEPENDS;THIRD_PARTY" ${ARGN})
  add_executable(${name} ${M_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${M_LINKS} ${M_THIRD_PARTY} PkgConfig::CMOCKA project_warnings)
  target_compile_definitions(${name} PRIVATE
    PARLEY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" PARLEY_BIN_DIR="${CMAKE_BINARY_DIR}/bin"
    PARLEY_SHARED_DIR="${CMAKE_SOURCE_DIR}/../shared")
  if(M_DEPENDS)
    add_dependencies(${name} ${M_DEPENDS})
  endif()
  add_test(NAME ${name} COMMAND ${name} ${M_ARGS})
  if(NOT M_TIMEOUT)
    set(M_TIMEOUT 120)
  endif()
  set_tests_properties(${name} PROPERTIES LABELS "${M_LABELS}" TIMEOUT ${M_TIMEOUT}
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/lsan.supp:print_suppressions=0")
endfunction()

# A fuzz target is one file with LLVMFuzzerTestOneInput. Its corpus is tests/fuzz/corpus/NAME/.
function(parley_fuzz name)
  cmake_parse_arguments(M "" "" "SOURCES;LINKS;THIRD_PARTY" ${ARGN})
  if(PARLEY_FUZZ)
    add_executable(${name} ${M_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${M_SOURCES} ${CMAKE_SOURCE_DIR}/tests/fuzz/replay_main.c)
    add_test(NAME ${name}_corpus COMMAND ${name} ${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name})
    set_tests_properties(${name}_corpus PROPERTIES LABELS "fuzz" TIMEOUT 120)
  endif()
  target_link_libraries(${name} PRIVATE ${M_LINKS} ${M_THIRD_PARTY} project_warnings)
endfunction()

# One target owns each third-party library; these imported targets are what modules name under THIRD_PARTY.
find_package(PkgConfig REQUIRED)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(LIBCBOR REQUIRED IMPORTED_TARGET libcbor)
pkg_check_modules(PROTOBUFC REQUIRED IMPORTED_TARGET libprotobuf-c)
pkg_check_modules(FYAML REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)
pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
find_package(nng CONFIG REQUIRED)
find_package(Threads REQUIRED)
