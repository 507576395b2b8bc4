# SPDX-License-Identifier: Apache-2.0
# macOS, from any system, with zig 0.11: -DPOLLUX_ARCH=aarch64 or x86-64, and -DPOLLUX_ZIG=... if zig is not
# on the PATH. macOS 11 is the first on aarch64.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES POLLUX_ARCH POLLUX_ZIG)
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR ${POLLUX_ARCH})
string(REPLACE x86-64 x86_64 zig_arch ${POLLUX_ARCH})
set(POLLUX_ZIG zig CACHE STRING "the command")
set(CMAKE_C_COMPILER ${POLLUX_ZIG} cc)
set(CMAKE_C_FLAGS_INIT "-target ${zig_arch}-macos.11.0 -g0") # zig adds debugging information otherwise, with the paths of this machine
set(CMAKE_INSTALL_NAME_TOOL "${CMAKE_COMMAND}" CACHE FILEPATH "nothing is installed")
