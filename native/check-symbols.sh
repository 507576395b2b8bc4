#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-symbols.sh LIB...: fails if a library exports anything but JNI_OnLoad, is linked to another library, or calls a
# function that its platform's glibc lacks or that is newer there than glibc 2.17 (2.27 on riscv64, its first).
# In the environment: CC, the compiler that made the libraries, if not cc; OBJDUMP, if not objdump.
set -eu
if [ $# -eq 0 ]; then
  echo "usage: check-symbols.sh LIB..." >&2
  exit 2
fi
objdump=${OBJDUMP:-objdump}
libc=$("${CC:-cc}" -print-file-name=libc.so.6)
newest=2.17
case $("$objdump" -f "$libc") in
  *riscv*) newest=2.27 ;;
esac

symbols() { # symbols LIB TEST: the names of the dynamic symbols that pass an awk test; musl's compiler adds _init and _fini
  "$objdump" -T "$1" 2>/dev/null | awk '/^[0-9a-f]+ [^l]/ && '"$2"' && $NF !~ /^_(init|fini)$/ { print $NF }' | sort
}

provided() { # each function of libc with the oldest version of it
  "$objdump" -T "$libc" | awk 'match($0, /GLIBC_[0-9.]+/) { print $NF, substr($0, RSTART + 6, RLENGTH - 6) }' |
    sort -k1,1 -k2,2V | awk '!seen[$1]++'
}

provided=$(provided)
failed=0
for library in "$@"; do
  exported=$(symbols "$library" '!/\*UND\*/')
  if [ "$exported" != JNI_OnLoad ]; then
    echo "$library exports, instead of JNI_OnLoad alone:" $exported >&2
    failed=1
  fi
  linked=$("$objdump" -p "$library" | awk '$1 == "NEEDED" { print $2 }')
  if [ -n "$linked" ]; then
    echo "$library does not load where there is no:" $linked >&2
    failed=1
  fi
  highest=0
  for symbol in $(symbols "$library" '/\*UND\*/'); do
    version=$(printf '%s\n' "$provided" | awk -v name="$symbol" '$1 == name { print $2 }')
    newer=$(printf '%s\n' "${version:-none}" "$newest" | sort -V | tail -n 1)
    if [ "$newer" != "$newest" ]; then
      echo "$library calls $symbol: in glibc since ${version:-no version}, newer than $newest" >&2
      failed=1
    fi
    highest=$(printf '%s\n' "$highest" "${version:-0}" | sort -V | tail -n 1)
  done
  echo "$library: needs glibc $highest or any musl that has the same functions"
done
exit $failed
