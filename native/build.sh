#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Maven runs this after javac. It builds native/ with CMake and puts the library among the classes, into a folder of
# its platform beside ShimLibrary. Where that cannot be done it says so in one line, and the build goes on.
# In the environment: JAVA_HOME; TARGET, Maven's folder; SKIP, true leaves the native part out; ALL, true builds every
# platform that there is a compiler for (all.sh); PREBUILT, a folder with <platform>/libpollux.* of other platforms,
# which go into the jar as well.
set -eu
cd "$(dirname "$0")/.."
build=$TARGET/native-build
packed=$TARGET/classes/dev/pollux/syscall/jni # a shading tool moves it with the package

any() { # whether one of these commands is here
  for each in "$@"; do
    if command -v "$each" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}

missing() { # what keeps us from building, if anything does
  if [ "$SKIP" = true ]; then
    echo "-Dpollux.native.skip=true"
  elif ! any cmake; then
    echo "no cmake here"
  elif ! any ${CC:-} cc gcc clang; then
    echo "no C compiler here"
  elif ! any make gmake ninja; then
    echo "no make here"
  fi
}

collect() { # puts the libraries of a folder's platforms among the classes
  for library in "$1"/*/libpollux.*; do
    platform=$packed/$(basename "$(dirname "$library")")
    mkdir -p "$platform"
    cp "$library" "$platform"
  done
}

configure() {
  cmake -S . -B "$build" -DCMAKE_BUILD_TYPE=Release -DPOLLUX_JNI_HEADERS="$TARGET/native-headers"
}

compile() { # what another CMake or another folder left behind is no use
  any make gmake || export CMAKE_GENERATOR="${CMAKE_GENERATOR:-Ninja}"
  { configure || { rm -rf "$build" && configure; }; } && cmake --build "$build" --target pollux
}

for stale in "$packed"/*/libpollux.*; do
  rm -f "$stale"
  rmdir "$(dirname "$stale")" 2>/dev/null || :
done
if [ -n "$PREBUILT" ]; then
  collect "$PREBUILT"
fi

reason=$(missing)
if [ -n "$reason" ]; then
  echo "native part left out: $reason; Pollux works through JNA"
  exit 0
fi
mkdir -p "$build"
if ! compile >"$build.log" 2>&1; then
  cat "$build.log"
  echo "the native part does not compile; -Dpollux.native.skip=true leaves it out"
  exit 1
fi
collect "$build/out"
if [ "$ALL" = true ]; then
  native/all.sh "$TARGET/native-all"
  collect "$TARGET/native-all/out"
  echo "platforms in the jar:" $(cd "$packed" && ls -d */)
fi
