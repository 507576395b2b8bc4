# SPDX-License-Identifier: Apache-2.0
# Writes a line of load.c's table for every function that javac's header declares, so that a function which C lacks or
# spells differently ends the build.
file(STRINGS ${HEADER} lines REGEX "Method: |Signature: |Java_[A-Za-z0-9_]+")
set(text "")
foreach(line IN LISTS lines)
  if(line MATCHES "Method: +(.+)$")
    set(method "${CMAKE_MATCH_1}")
  elseif(line MATCHES "Signature: +(.+)$")
    set(signature "${CMAKE_MATCH_1}")
  elseif(line MATCHES "(Java_[A-Za-z0-9_]+)")
    string(APPEND text "    {\"${method}\", \"${signature}\", (void *) ${CMAKE_MATCH_1}},\n")
  endif()
endforeach()
if(text STREQUAL "")
  message(FATAL_ERROR "no functions in ${HEADER}")
endif()
file(WRITE ${OUT} "${text}")
