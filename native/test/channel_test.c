// SPDX-License-Identifier: Apache-2.0
// Uses a fake JVM with only what channel.c calls. It knows one class and one method at a time, by name and signature.
#include <stdarg.h>
#include <string.h>

#include "check.h"

#define JVM(name, ...) Java_dev_pollux_syscall_jni_Shim_##name(&jvm, NULL, __VA_ARGS__)
#define PROVIDER "Ljava/nio/channels/spi/SelectorProvider;"
#define FAMILY "Ljava/net/ProtocolFamily;"

static struct JNINativeInterface_ functions;
static JNIEnv jvm = &functions;

static const char *known_class, *known_method, *known_signature;
static int is_instance, pending, killed, object, provider, family, made;

static jclass find_class(JNIEnv *env, const char *name) {
    (void) env;
    CHECK(pending, 0);
    pending = known_class == NULL || strcmp(name, known_class) != 0;
    return pending ? NULL : (jclass) &object;
}

static jobject new_global_ref(JNIEnv *env, jobject reference) {
    (void) env;
    CHECK(pending, 0);
    return reference;
}

static jmethodID get_method_id(JNIEnv *env, jclass class, const char *name, const char *signature) {
    (void) env, (void) class;
    CHECK(pending, 0);
    pending = known_method == NULL || strcmp(name, known_method) != 0 || strcmp(signature, known_signature) != 0;
    return pending ? NULL : (jmethodID) &object;
}

static jboolean is_instance_of(JNIEnv *env, jobject instance, jclass class) {
    (void) env, (void) instance, (void) class;
    CHECK(pending, 0);
    return is_instance;
}

static jint call_int_method(JNIEnv *env, jobject instance, jmethodID method, ...) {
    (void) env, (void) instance, (void) method;
    CHECK(pending, 0);
    return 17;
}

static void call_void_method(JNIEnv *env, jobject instance, jmethodID method, ...) {
    (void) env, (void) instance, (void) method;
    CHECK(pending, 0);
    killed++;
}

static jobject call_static_object_method(JNIEnv *env, jclass class, jmethodID method, ...) {
    (void) env, (void) class, (void) method;
    CHECK(pending, 0);
    return (jobject) &provider;
}

static jobject new_object(JNIEnv *env, jclass class, jmethodID constructor, va_list arguments) {
    (void) env, (void) class, (void) constructor;
    CHECK(pending, 0);
    CHECK(ADDRESS(va_arg(arguments, jobject)), ADDRESS(&provider));
    if (strstr(known_signature, FAMILY) != NULL) {
        CHECK(ADDRESS(va_arg(arguments, jobject)), ADDRESS(&family));
    }
    if (strstr(known_signature, "Z)") != NULL) {
        CHECK(va_arg(arguments, int), JNI_TRUE);
    }
    return (jobject) &made;
}

static void *address_of(JNIEnv *env, jobject buffer) {
    (void) env;
    return buffer;
}

static jfieldID get_field_id(JNIEnv *env, jclass class, const char *name, const char *signature) {
    return (jfieldID) get_method_id(env, class, name, signature);
}

static jint get_int_field(JNIEnv *env, jobject instance, jfieldID field) {
    (void) env, (void) instance, (void) field;
    CHECK(pending, 0);
    return 19;
}

static jobject get_object_field(JNIEnv *env, jobject instance, jfieldID field) {
    (void) env, (void) instance, (void) field;
    CHECK(pending, 0);
    return (jobject) &made;
}

static void know(const char *class, const char *method, const char *signature) {
    known_class = class;
    known_method = method;
    known_signature = signature;
    pending = 0;
}

// Whether an exception is pending; clears it.
static int thrown(void) {
    int was = pending;
    pending = 0;
    return was;
}

// Checks that exactly this constructor of this class makes it.
#define CHECK_MADE(call, class, signature)                 \
    do {                                                   \
        know(NULL, NULL, NULL);                            \
        CHECK(ADDRESS(call), 0);                           \
        CHECK(thrown(), 1);                                \
        know("sun/nio/ch/" class, "<init>", "()V");        \
        CHECK(ADDRESS(call), 0);                           \
        CHECK(thrown(), 1);                                \
        know("sun/nio/ch/" class, "<init>", signature);    \
        CHECK(ADDRESS(call), ADDRESS(&made));              \
        CHECK(thrown(), 0);                                \
    } while (0)

static void test_descriptor(jobject channel) {
    is_instance = 1;
    know(NULL, NULL, NULL);
    CHECK(JVM(channelFd, channel), -EINVAL);
    CHECK(thrown(), 1);
    know("sun/nio/ch/SelChImpl", NULL, NULL);
    CHECK(JVM(channelFd, channel), -EINVAL);
    CHECK(thrown(), 1);
    know("sun/nio/ch/SelChImpl", "getFDVal", "()I");
    CHECK(JVM(channelFd, NULL), -EINVAL);
    CHECK(JVM(channelFd, channel), 17);
    know(NULL, NULL, NULL); // no second lookup
    CHECK(JVM(channelFd, channel), 17);
    is_instance = 0;
    CHECK(JVM(channelFd, channel), -EINVAL);
    CHECK(thrown(), 0);
}

static void test_kill(jobject channel) {
    is_instance = 1;
    know("sun/nio/ch/SelChImpl", NULL, NULL);
    JVM(killChannel, channel);
    CHECK(thrown(), 1);
    know("sun/nio/ch/SelChImpl", "kill", "()V");
    JVM(killChannel, NULL);
    CHECK(killed, 0);
    JVM(killChannel, channel);
    CHECK(killed, 1);
    is_instance = 0;
    JVM(killChannel, channel);
    CHECK(killed, 1);
    CHECK(thrown(), 0);
}

static void test_constructors(void) {
    jobject sp = (jobject) &provider, pf = (jobject) &family;
    CHECK_MADE(JVM(newSocketChannel, sp), "SocketChannelImpl", "(" PROVIDER ")V");
    CHECK_MADE(JVM(newSocketChannelOf, sp, pf), "SocketChannelImpl", "(" PROVIDER FAMILY ")V");
    CHECK_MADE(JVM(newServerSocketChannel, sp), "ServerSocketChannelImpl", "(" PROVIDER ")V");
    CHECK_MADE(JVM(newServerSocketChannelOf, sp, pf), "ServerSocketChannelImpl", "(" PROVIDER FAMILY ")V");
    CHECK_MADE(JVM(newDatagramChannel, sp, JNI_TRUE), "DatagramChannelImpl", "(" PROVIDER "Z)V");
    CHECK_MADE(JVM(newDatagramChannelOf, sp, pf, JNI_TRUE), "DatagramChannelImpl", "(" PROVIDER FAMILY "Z)V");
    CHECK_MADE(JVM(newPipe, sp), "PipeImpl", "(" PROVIDER ")V");
}

static void test_default_provider(void) {
    know(NULL, NULL, NULL);
    CHECK(ADDRESS(Java_dev_pollux_syscall_jni_Shim_defaultSelectorProvider(&jvm, NULL)), 0);
    CHECK(thrown(), 1);
    know("sun/nio/ch/DefaultSelectorProvider", "get", "()Lsun/nio/ch/SelectorProviderImpl;");
    CHECK(ADDRESS(Java_dev_pollux_syscall_jni_Shim_defaultSelectorProvider(&jvm, NULL)), ADDRESS(&provider));
    CHECK(thrown(), 0);
}

static void test_files(jobject file) {
    know(NULL, NULL, NULL);
    CHECK(JVM(fileFd, file), -EINVAL);
    CHECK(thrown(), 1);
    know("java/io/FileDescriptor", "fd", "I");
    CHECK(JVM(fileFd, NULL), -EINVAL);
    CHECK(JVM(fileFd, file), 19);
    is_instance = 1;
    know("sun/nio/ch/FileChannelImpl", NULL, NULL);
    CHECK(ADDRESS(JVM(fileOf, file)), 0);
    CHECK(thrown(), 1);
    know("sun/nio/ch/FileChannelImpl", "fd", "Ljava/io/FileDescriptor;");
    CHECK(ADDRESS(JVM(fileOf, NULL)), 0);
    CHECK(ADDRESS(JVM(fileOf, file)), ADDRESS(&made));
    is_instance = 0;
    CHECK(ADDRESS(JVM(fileOf, file)), 0);
    CHECK(thrown(), 0);
}

static jobject new_direct_buffer(JNIEnv *env, void *address, jlong capacity) {
    (void) env;
    CHECK(capacity, 8);
    return address;
}

static jobject view(jlong address, jint size) {
    return Java_dev_pollux_syscall_jni_Shim_view(&jvm, NULL, address, size);
}

int main(void) {
    jobject channel = (jobject) &object;
    functions.FindClass = find_class;
    functions.NewGlobalRef = new_global_ref;
    functions.GetMethodID = get_method_id;
    functions.GetStaticMethodID = get_method_id;
    functions.IsInstanceOf = is_instance_of;
    functions.CallIntMethod = call_int_method;
    functions.CallVoidMethod = call_void_method;
    functions.CallStaticObjectMethod = call_static_object_method;
    functions.GetFieldID = get_field_id;
    functions.GetIntField = get_int_field;
    functions.GetObjectField = get_object_field;
    functions.NewObjectV = new_object;
    functions.GetDirectBufferAddress = address_of;
    functions.NewDirectByteBuffer = new_direct_buffer;

    test_descriptor(channel);
    test_kill(channel);
    test_constructors();
    test_default_provider();
    test_files(channel);
    CHECK(Java_dev_pollux_syscall_jni_Shim_addressOf(&jvm, NULL, channel), ADDRESS(&object));
    CHECK(view(ADDRESS(&object), 8) == channel, 1);
    CHECK(view(0, 8) == NULL, 1);
    CHECK(view(ADDRESS(&object), -1) == NULL, 1);
    return 0;
}
