# SPDX-License-Identifier: Apache-2.0
# Writes a line of layout.c's table for every name in the table of abi/Errno.java.
file(STRINGS ${JAVA} rows REGEX "^ +E[A-Z0-9]+ ")
set(text "")
foreach(row IN LISTS rows)
  string(REGEX REPLACE "^ +(E[A-Z0-9]+) .*" "\\1" name "${row}")
  string(APPEND text "#ifdef ${name}\nCONSTANT(Errno, ${name}),\n#endif\n")
endforeach()
if(text STREQUAL "")
  message(FATAL_ERROR "no names in ${JAVA}")
endif()
file(WRITE ${OUT} "${text}")
