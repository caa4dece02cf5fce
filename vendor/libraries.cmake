# How each library is found. All come from the system's packages (vendor/packages.txt); none is in the tree.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
foreach(lib IN ITEMS lua5.4 libuv sqlite3 libcurl libcares openssl libpcre2-8 libsodium zlib simdjson libical yaml-0.1 gmime-3.0)
  string(MAKE_C_IDENTIFIER ${lib} id)
  pkg_check_modules(${id} REQUIRED IMPORTED_TARGET ${lib})
  list(APPEND VENDOR_LIBRARIES PkgConfig::${id})
endforeach()
list(APPEND VENDOR_LIBRARIES Threads::Threads m)

# lua-cjson ships as a Lua module; the same shared object links like any library.
find_library(LUA_CJSON NAMES liblua5.4-cjson.so.0 REQUIRED)
list(APPEND VENDOR_LIBRARIES ${LUA_CJSON})

# The process's allocator, for the binary only: sanitizers and a foreign Lua interpreter bring their own.
find_library(MIMALLOC NAMES mimalloc REQUIRED)

# llhttp: Debian ships its C sources with node-llhttp, not a library.
set(LLHTTP_DIR /usr/share/llhttp)
add_library(llhttp OBJECT ${LLHTTP_DIR}/llhttp.c ${LLHTTP_DIR}/api.c ${LLHTTP_DIR}/http.c)
target_include_directories(llhttp SYSTEM PUBLIC /usr/share/include/llhttp)
target_compile_options(llhttp PRIVATE -w -O3)
target_compile_definitions(llhttp PRIVATE LLHTTP_STRICT_MODE=1)
set_target_properties(llhttp PROPERTIES POSITION_INDEPENDENT_CODE ON)
