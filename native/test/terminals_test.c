// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "check.h"

static void a_pty_carries_bytes_and_has_a_size(void) {
    char path[64];
    char got[8];
    struct termios mode;
    struct winsize set = {25, 81, 0, 0}, size = {0, 0, 0, 0};
    jint master = MUST(CALL(posixOpenpt, O_RDWR | O_NOCTTY));
    CHECK(CALL(grantpt, master), 0);
    CHECK(CALL(unlockpt, master), 0);
    jint named = CALL(ptsnameR, master, ADDRESS(path), sizeof path);
    if (named == -ENOSYS) {
        CHECK(CALL(close, master), 0);
        return;
    }
    CHECK(named, 0);
    jint slave = MUST(CALL(open, ADDRESS(path), O_RDWR | O_NOCTTY));
    CHECK(CALL(tcgetattr, slave, ADDRESS(&mode)), 0);
    CHECK((mode.c_lflag & ICANON) != 0, 1);
    cfmakeraw(&mode);
    CHECK(CALL(tcsetattr, slave, TCSANOW, ADDRESS(&mode)), 0);
    memset(&mode, 0, sizeof mode);
    CHECK(CALL(tcgetattr, slave, ADDRESS(&mode)), 0);
    CHECK(mode.c_lflag & ICANON, 0);
    CHECK(CALL(write, master, ADDRESS("a\rb"), 3), 3);
    CHECK(CALL(read, slave, ADDRESS(got), sizeof got), 3);
    CHECK(memcmp(got, "a\rb", 3), 0);
    CHECK(CALL(ioctl, master, (jlong) TIOCSWINSZ, ADDRESS(&set)), 0);
    CHECK(CALL(ioctl, slave, (jlong) TIOCGWINSZ, ADDRESS(&size)), 0);
    CHECK(size.ws_row, 25);
    CHECK(size.ws_col, 81);
    CHECK(CALL(close, slave), 0);
    CHECK(CALL(close, master), 0);
}

static void errors_come_back_negated(void) {
    char path[64];
    struct termios mode;
    jint null = MUST(CALL(open, ADDRESS("/dev/null"), O_RDWR));
    memset(&mode, 0, sizeof mode);
    CHECK(CALL(tcgetattr, null, ADDRESS(&mode)), -ENOTTY);
    CHECK(CALL(tcgetattr, NOT_A_DESCRIPTOR, ADDRESS(&mode)), -EBADF);
    CHECK(CALL(tcsetattr, NOT_A_DESCRIPTOR, TCSANOW, ADDRESS(&mode)), -EBADF);
    CHECK(CALL(grantpt, NOT_A_DESCRIPTOR), -EBADF);
    CHECK(CALL(unlockpt, NOT_A_DESCRIPTOR), -EBADF);
    CHECK(CALL(ptsnameR, NOT_A_DESCRIPTOR, ADDRESS(path), sizeof path) < 0, 1);
    CHECK(CALL(close, null), 0);
}

int main(void) {
    a_pty_carries_bytes_and_has_a_size();
    errors_come_back_negated();
    return 0;
}
