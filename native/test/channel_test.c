// SPDX-License-Identifier: Apache-2.0
// With a JVM that has only what channel.c calls.
#include <stdarg.h>
#include <string.h>

#include "check.h"

static struct JNINativeInterface_ functions;
static JNIEnv jvm = &functions;

static int has_class, has_method, is_instance, throws, pending, object;

static jclass find_class(JNIEnv *env, const char *name) {
    (void) env;
    CHECK(pending, 0);
    CHECK(strcmp(name, "sun/nio/ch/SelChImpl"), 0);
    pending = !has_class;
    return has_class ? (jclass) &object : NULL;
}

static jmethodID get_method_id(JNIEnv *env, jclass class, const char *name, const char *signature) {
    (void) env, (void) class;
    CHECK(pending, 0);
    CHECK(strcmp(name, "getFDVal"), 0);
    CHECK(strcmp(signature, "()I"), 0);
    pending = !has_method;
    return has_method ? (jmethodID) &object : NULL;
}

static jboolean is_instance_of(JNIEnv *env, jobject instance, jclass class) {
    (void) env, (void) instance, (void) class;
    CHECK(pending, 0);
    return is_instance;
}

static jint call_int_method(JNIEnv *env, jobject instance, jmethodID method, ...) {
    (void) env, (void) instance, (void) method;
    CHECK(pending, 0);
    pending = throws;
    return throws ? 0 : 17;
}

static jboolean exception_check(JNIEnv *env) {
    (void) env;
    return pending;
}

static void exception_clear(JNIEnv *env) {
    (void) env;
    pending = 0;
}

static void *address_of(JNIEnv *env, jobject buffer) {
    (void) env;
    return buffer;
}

static jobject new_direct_buffer(JNIEnv *env, void *address, jlong capacity) {
    (void) env;
    CHECK(capacity, 8);
    return address;
}

static jobject view(jlong address, jint size) {
    return Java_dev_pollux_syscall_jni_Shim_view(&jvm, NULL, address, size);
}

static jint channel_fd(jobject channel) {
    jint fd = Java_dev_pollux_syscall_jni_Shim_channelFd(&jvm, NULL, channel);
    CHECK(pending, 0);
    return fd;
}

int main(void) {
    jobject channel = (jobject) &object;
    functions.FindClass = find_class;
    functions.GetMethodID = get_method_id;
    functions.IsInstanceOf = is_instance_of;
    functions.CallIntMethod = call_int_method;
    functions.ExceptionCheck = exception_check;
    functions.ExceptionClear = exception_clear;
    functions.GetDirectBufferAddress = address_of;
    functions.NewDirectByteBuffer = new_direct_buffer;

    CHECK(channel_fd(channel), -ENOSYS);
    has_class = 1;
    CHECK(channel_fd(channel), -ENOSYS);
    has_method = 1;
    CHECK(channel_fd(channel), -EINVAL);
    is_instance = 1;
    CHECK(channel_fd(NULL), -EINVAL);
    CHECK(channel_fd(channel), 17);
    throws = 1;
    CHECK(channel_fd(channel), -ENOSYS);

    CHECK(Java_dev_pollux_syscall_jni_Shim_addressOf(&jvm, NULL, channel), ADDRESS(&object));
    CHECK(view(ADDRESS(&object), 8) == channel, 1);
    CHECK(view(0, 8) == NULL, 1);
    CHECK(view(ADDRESS(&object), -1) == NULL, 1);
    return 0;
}
