// SPDX-License-Identifier: Apache-2.0
// Uses a fake JVM whose strings are those of C.
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#ifdef HAVE_EPOLL_CREATE1
#include <sys/epoll.h>
#endif

#include "check.h"

static struct JNINativeInterface_ functions;
static JNIEnv jvm = &functions;
static int borrowed;

static jstring new_string(JNIEnv *env, const char *chars) {
    (void) env;
    return (jstring) (intptr_t) chars;
}

static const char *get_chars(JNIEnv *env, jstring string, jboolean *is_copy) {
    (void) env, (void) is_copy;
    borrowed++;
    return (const char *) string;
}

static void release_chars(JNIEnv *env, jstring string, const char *chars) {
    (void) env, (void) string, (void) chars;
    borrowed--;
}

static const char *no_memory(JNIEnv *env, jstring string, jboolean *is_copy) {
    (void) env, (void) string, (void) is_copy;
    return NULL;
}

static const char *name(jint index) {
    return (const char *) Java_dev_pollux_syscall_jni_Shim_layoutName(&jvm, NULL, index);
}

static jlong value(const char *wanted) {
    for (jint i = 0; name(i) != NULL; i++) {
        if (strcmp(name(i), wanted) == 0) {
            return CALL(layoutValue, i);
        }
    }
    fprintf(stderr, "no %s\n", wanted);
    exit(1);
}

static int has(const char *function) {
    int found = Java_dev_pollux_syscall_jni_Shim_has(&jvm, NULL, (jstring) (intptr_t) function);
    CHECK(borrowed, 0);
    return found;
}

static void the_table_says_what_the_headers_say(void) {
    CHECK(value("Errno.EBADF"), EBADF);
    CHECK(value("Errno.EWOULDBLOCK"), EWOULDBLOCK);
    CHECK(value("Errno.E2BIG"), E2BIG);
    CHECK(value("PollFd.SIZE"), sizeof(struct pollfd));
    CHECK(value("PollFd.REVENTS"), offsetof(struct pollfd, revents));
    CHECK(value("Rlimit.RLIM_INFINITY"), RLIM_INFINITY);
#ifdef HAVE_EPOLL_CREATE1
    CHECK(value("Epoll.sizeBytes"), sizeof(struct epoll_event));
    CHECK(value("Epoll.dataOffset"), offsetof(struct epoll_event, data));
    CHECK(value("Epoll.EPOLLET"), INT_MIN);
#endif
}

static void names_are_unique_and_of_one_form(void) {
    for (jint i = 0; name(i) != NULL; i++) {
        const char *dot = strchr(name(i), '.');
        CHECK(dot != NULL && dot == strrchr(name(i), '.'), 1);
        for (jint j = 0; j < i; j++) {
            CHECK(strcmp(name(i), name(j)) != 0, 1);
        }
    }
}

static void beyond_the_table_is_nothing(void) {
    jint count = 0;
    while (name(count) != NULL) {
        count++;
    }
    const jint beyond[] = {-1, INT_MIN, INT_MAX, count, count + 1};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        CHECK(name(beyond[i]) == NULL, 1);
        CHECK(CALL(layoutValue, beyond[i]), 0);
    }
    CHECK(count > 150, 1);
}

static void has_tells_what_was_there_to_compile(void) {
    CHECK(has("read"), 1);
    CHECK(has("pselect"), 1);
    CHECK(has("rea"), 0);
    CHECK(has("no_such_call"), 0);
    CHECK(has(""), 0);
    CHECK(has(NULL), 0);
#ifdef __linux__
    CHECK(has("epoll_create1"), 1);
    CHECK(has("epoll_pwait2"), 1);
    CHECK(has("eventfd"), 1);
    CHECK(has("ppoll"), 1);
    CHECK(has("kqueue"), 0);
    CHECK(has("kevent"), 0);
#endif
    functions.GetStringUTFChars = no_memory;
    CHECK(has("read"), 0);
}

int main(void) {
    functions.NewStringUTF = new_string;
    functions.GetStringUTFChars = get_chars;
    functions.ReleaseStringUTFChars = release_chars;
    the_table_says_what_the_headers_say();
    names_are_unique_and_of_one_form();
    beyond_the_table_is_nothing();
    has_tells_what_was_there_to_compile();
    return 0;
}
