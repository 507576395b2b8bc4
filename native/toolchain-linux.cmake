# SPDX-License-Identifier: Apache-2.0
# Another processor's Linux, with Debian's cross compilers: -DPOLLUX_ARCH=aarch64, ppc64le, riscv64 or s390x.
# CTest runs the tests with qemu-user, if it is installed.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES POLLUX_ARCH)
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${POLLUX_ARCH})
string(REPLACE ppc64le powerpc64le triplet ${POLLUX_ARCH}-linux-gnu)
set(CMAKE_C_COMPILER ${triplet}-gcc)
set(CMAKE_FIND_ROOT_PATH /usr/${triplet})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
find_program(POLLUX_QEMU qemu-${POLLUX_ARCH})
if(POLLUX_QEMU)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${POLLUX_QEMU} -L /usr/${triplet})
endif()
