#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Maven calls this: build.sh JAVA_HOME BUILD_FOLDER LIBRARY_FOLDER
set -eu

if ! command -v cmake >/dev/null; then
  echo "the benchmarks need cmake and a C compiler to build the loops in plain C, and there is no cmake" >&2
  exit 1
fi
if [ -z "${CC:-}" ] && ! command -v cc >/dev/null && ! command -v gcc >/dev/null && ! command -v clang >/dev/null; then
  echo "the benchmarks need cmake and a C compiler to build the loops in plain C, and there is no compiler" >&2
  exit 1
fi
if [ ! -f "$1/include/jni.h" ]; then
  echo "the benchmarks need a JDK with jni.h, and there is none in $1/include" >&2
  exit 1
fi

mkdir -p "$2"
if ! { cmake -S "$(dirname "$0")" -B "$2" -DJDK="$1" -DHEADERS="$2/include" -DLIBRARY_FOLDER="$3" &&
  cmake --build "$2"; } >"$2/build.log" 2>&1; then
  cat "$2/build.log" >&2
  exit 1
fi
