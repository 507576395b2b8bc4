// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdatomic.h>

#include "pollux.h"

#define PROVIDER "Ljava/nio/channels/spi/SelectorProvider;"
#define FAMILY "Ljava/net/ProtocolFamily;"

SHIM(jlong, addressOf)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject direct) {
    return (jlong) (intptr_t) (*env)->GetDirectBufferAddress(env, direct);
}

SHIM(jobject, view)(JNIEnv *env, __attribute__((unused)) jclass shim, jlong address, jint sizeBytes) {
    return address == 0 || sizeBytes < 0 ? NULL : (*env)->NewDirectByteBuffer(env, POINTER(address), sizeBytes);
}

// An exception of the JDK, or for a missing member, is pending when these return.

// sun.nio.ch.SelChImpl, which is never unloaded. Threads that get here first at the same time each make a reference.
static jclass class_of_the_jdk(JNIEnv *env) {
    static _Atomic(jclass) found;
    jclass class = atomic_load(&found);
    if (class == NULL) {
        jclass local = (*env)->FindClass(env, "sun/nio/ch/SelChImpl");
        class = local == NULL ? NULL : (*env)->NewGlobalRef(env, local);
        atomic_store(&found, class);
        return local;
    }
    return class;
}

static jmethodID of_the_jdk(
    JNIEnv *env, jobject channel, _Atomic(jmethodID) *found, const char *name, const char *signature
) {
    jclass class = class_of_the_jdk(env);
    if (class == NULL || channel == NULL || !(*env)->IsInstanceOf(env, channel, class)) {
        return NULL;
    }
    jmethodID method = atomic_load(found);
    if (method == NULL) {
        method = (*env)->GetMethodID(env, class, name, signature);
        atomic_store(found, method);
    }
    return method;
}

static jobject construct(JNIEnv *env, const char *name, const char *signature, ...) {
    jclass class = (*env)->FindClass(env, name);
    jmethodID constructor = class == NULL ? NULL : (*env)->GetMethodID(env, class, "<init>", signature);
    if (constructor == NULL) {
        return NULL;
    }
    va_list arguments;
    va_start(arguments, signature);
    jobject constructed = (*env)->NewObjectV(env, class, constructor, arguments);
    va_end(arguments);
    return constructed;
}

SHIM(jint, channelFd)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject channel) {
    static _Atomic(jmethodID) found;
    jmethodID getFDVal = of_the_jdk(env, channel, &found, "getFDVal", "()I");
    return getFDVal == NULL ? -EINVAL : (*env)->CallIntMethod(env, channel, getFDVal);
}

SHIM(void, killChannel)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject channel) {
    static _Atomic(jmethodID) found;
    jmethodID kill = of_the_jdk(env, channel, &found, "kill", "()V");
    if (kill != NULL) {
        (*env)->CallVoidMethod(env, channel, kill);
    }
}

SHIM(jobject, newSocketChannel)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider) {
    return construct(env, "sun/nio/ch/SocketChannelImpl", "(" PROVIDER ")V", provider);
}

SHIM(jobject, newSocketChannelOf)
(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider, jobject family) {
    return construct(env, "sun/nio/ch/SocketChannelImpl", "(" PROVIDER FAMILY ")V", provider, family);
}

SHIM(jobject, newServerSocketChannel)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider) {
    return construct(env, "sun/nio/ch/ServerSocketChannelImpl", "(" PROVIDER ")V", provider);
}

SHIM(jobject, newServerSocketChannelOf)
(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider, jobject family) {
    return construct(env, "sun/nio/ch/ServerSocketChannelImpl", "(" PROVIDER FAMILY ")V", provider, family);
}

SHIM(jobject, newDatagramChannel)
(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider, jboolean interruptible) {
    return construct(env, "sun/nio/ch/DatagramChannelImpl", "(" PROVIDER "Z)V", provider, interruptible);
}

SHIM(jobject, newDatagramChannelOf)
(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider, jobject family, jboolean interruptible) {
    return construct(env, "sun/nio/ch/DatagramChannelImpl", "(" PROVIDER FAMILY "Z)V", provider, family, interruptible);
}

SHIM(jobject, newPipe)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject provider) {
    return construct(env, "sun/nio/ch/PipeImpl", "(" PROVIDER ")V", provider);
}

SHIM(jobject, defaultSelectorProvider)(JNIEnv *env, __attribute__((unused)) jclass shim) {
    jclass class = (*env)->FindClass(env, "sun/nio/ch/DefaultSelectorProvider");
    jmethodID get =
        class == NULL ? NULL : (*env)->GetStaticMethodID(env, class, "get", "()Lsun/nio/ch/SelectorProviderImpl;");
    return get == NULL ? NULL : (*env)->CallStaticObjectMethod(env, class, get);
}

SHIM(jint, fileFd)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject file) {
    jclass class = (*env)->FindClass(env, "java/io/FileDescriptor");
    jfieldID fd = class == NULL || file == NULL ? NULL : (*env)->GetFieldID(env, class, "fd", "I");
    return fd == NULL ? -EINVAL : (*env)->GetIntField(env, file, fd);
}

SHIM(jobject, fileOf)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject channel) {
    jclass class = (*env)->FindClass(env, "sun/nio/ch/FileChannelImpl");
    if (class == NULL || channel == NULL || !(*env)->IsInstanceOf(env, channel, class)) {
        return NULL;
    }
    jfieldID fd = (*env)->GetFieldID(env, class, "fd", "Ljava/io/FileDescriptor;");
    return fd == NULL ? NULL : (*env)->GetObjectField(env, channel, fd);
}
