#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-symbols.sh LIB...: fails if a library needs a GLIBC newer than 2.17, or exports anything but JNI_OnLoad.
# In the environment: OBJDUMP, if not objdump.
set -eu
newest=2.17
if [ $# -eq 0 ]; then
  echo "usage: check-symbols.sh LIB..." >&2
  exit 2
fi

failed=0
for library in "$@"; do
  symbols=$("${OBJDUMP:-objdump}" -T "$library")
  needed=$(printf '%s\n' "$symbols" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -u -V)
  exported=$(printf '%s\n' "$symbols" | awk '/^[0-9a-f]+ [^l]/ && !/\*UND\*/ { print $NF }' | sort)
  highest=$(printf '%s\n' "$needed" | tail -n 1)
  echo "$library: needs glibc ${highest:-of any version}"
  if [ "$(printf '%s\n%s\n' "$highest" "$newest" | sort -V | tail -n 1)" != "$newest" ]; then
    echo "  newer than glibc $newest:" >&2
    printf '%s\n' "$symbols" | grep "GLIBC_$highest" >&2
    failed=1
  fi
  if [ "$exported" != JNI_OnLoad ]; then
    echo "  exports, instead of JNI_OnLoad alone:" $exported >&2
    failed=1
  fi
done
exit $failed
