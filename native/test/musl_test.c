// SPDX-License-Identifier: Apache-2.0
// Loads libpollux, whatever compiler made it, into a process of musl, and calls epoll, pipe and close through it.
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jni.h>

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

static const JNINativeMethod *registered;
static int registered_count;

static int some_object;
#define OBJECT ((void *) &some_object)

static jclass JNICALL find_class(JNIEnv *env, const char *name) {
    (void) env;
    (void) name;
    return OBJECT;
}

static jmethodID JNICALL get_static_method(JNIEnv *env, jclass type, const char *name, const char *signature) {
    (void) env;
    (void) type;
    (void) name;
    (void) signature;
    return OBJECT;
}

static jstring JNICALL new_string(JNIEnv *env, const char *chars) {
    (void) env;
    (void) chars;
    return OBJECT;
}

static jobject JNICALL call_static_object(JNIEnv *env, jclass type, jmethodID method, ...) {
    (void) env;
    (void) type;
    (void) method;
    return OBJECT;
}

static jboolean JNICALL exception_check(JNIEnv *env) {
    (void) env;
    return JNI_FALSE;
}

static const char *JNICALL get_chars(JNIEnv *env, jstring string, jboolean *copied) {
    (void) env;
    (void) string;
    (void) copied;
    return "Shim";
}

static void JNICALL release_chars(JNIEnv *env, jstring string, const char *chars) {
    (void) env;
    (void) string;
    (void) chars;
}

static jint JNICALL register_natives(JNIEnv *env, jclass type, const JNINativeMethod *methods, jint count) {
    (void) env;
    (void) type;
    registered = methods;
    registered_count = count;
    return JNI_OK;
}

static void JNICALL exception_clear(JNIEnv *env) {
    (void) env;
}

static const struct JNINativeInterface_ functions = {
    .FindClass = find_class,
    .GetStaticMethodID = get_static_method,
    .NewStringUTF = new_string,
    .CallStaticObjectMethod = call_static_object,
    .ExceptionCheck = exception_check,
    .GetStringUTFChars = get_chars,
    .ReleaseStringUTFChars = release_chars,
    .RegisterNatives = register_natives,
    .ExceptionClear = exception_clear,
};
static JNIEnv env = &functions;

static jint JNICALL get_env(JavaVM *vm, void **found, jint version) {
    (void) vm;
    (void) version;
    *found = &env;
    return JNI_OK;
}

static const struct JNIInvokeInterface_ invocation = {.GetEnv = get_env};
static JavaVM vm = &invocation;

static void *function(const char *name) {
    for (int i = 0; i < registered_count; i++) {
        if (strcmp(registered[i].name, name) == 0) {
            return registered[i].fnPtr;
        }
    }
    fprintf(stderr, "no %s among the %d functions\n", name, registered_count);
    exit(1);
}

int main(int argc, char **argv) {
    CHECK(argc == 2);
    void *library = dlopen(argv[1], RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    jint (*on_load)(JavaVM *, void *) = (jint (*)(JavaVM *, void *)) dlsym(library, "JNI_OnLoad");
    CHECK(on_load != NULL && on_load(&vm, NULL) == JNI_VERSION_1_8);

    jint (*pipe)(JNIEnv *, jclass, jlong) = (jint (*)(JNIEnv *, jclass, jlong)) function("pipe");
    jint (*create)(JNIEnv *, jclass, jint) = (jint (*)(JNIEnv *, jclass, jint)) function("epollCreate1");
    jint (*close)(JNIEnv *, jclass, jint) = (jint (*)(JNIEnv *, jclass, jint)) function("close");
    int ends[2];
    CHECK(pipe(&env, OBJECT, (intptr_t) ends) == 0);
    int epfd = create(&env, OBJECT, 0);
    CHECK(epfd >= 0);
    CHECK(close(&env, OBJECT, epfd) == 0);
    CHECK(close(&env, OBJECT, epfd) == -9); // EBADF: errno is read through the C library in force
    CHECK(close(&env, OBJECT, ends[0]) == 0 && close(&env, OBJECT, ends[1]) == 0);
    return 0;
}
