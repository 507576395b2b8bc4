#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check-symbols.sh LIB...: fails if a library needs a GLIBC newer than 2.17, or exports what JNI does not look for.
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
  alien=$(printf '%s\n' "$exported" | grep -v '^Java_' || :)
  highest=$(printf '%s\n' "$needed" | tail -n 1)
  count=$(printf '%s\n' "$exported" | grep -c '^Java_' || :)
  echo "$library: needs glibc ${highest:-of any version}, exports $count functions of JNI"
  if [ "$(printf '%s\n%s\n' "$highest" "$newest" | sort -V | tail -n 1)" != "$newest" ]; then
    echo "  newer than glibc $newest:" >&2
    printf '%s\n' "$symbols" | grep "GLIBC_$highest" >&2
    failed=1
  fi
  if [ -n "$alien" ] || [ "$count" -eq 0 ]; then
    echo "  exports that do not begin with Java_:" "${alien:-none, and none that do}" >&2
    failed=1
  fi
done
exit $failed
