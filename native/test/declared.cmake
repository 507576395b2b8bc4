# SPDX-License-Identifier: Apache-2.0
# Writes a program that links only if the library defines everything that javac's header declares.
file(STRINGS ${HEADER} lines REGEX "Java_[A-Za-z0-9_]+")
set(text "#include \"dev_pollux_syscall_jni_Shim.h\"\n\nstatic void (*const declared[])(void) = {\n")
foreach(line IN LISTS lines)
  string(REGEX REPLACE ".*(Java_[A-Za-z0-9_]+).*" "\\1" name "${line}")
  string(APPEND text "    (void (*)(void)) ${name},\n")
endforeach()
string(APPEND text "};\n
int main(void) {
    for (unsigned i = 0; i < sizeof declared / sizeof *declared; i++) {
        if (declared[i] == 0) {
            return 1;
        }
    }
    return 0;
}\n")
file(WRITE ${OUT} "${text}")
