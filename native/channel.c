// SPDX-License-Identifier: Apache-2.0
#include "pollux.h"

SHIM(jlong, addressOf)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject direct) {
    return (jlong) (intptr_t) (*env)->GetDirectBufferAddress(env, direct);
}

SHIM(jobject, view)(JNIEnv *env, __attribute__((unused)) jclass shim, jlong address, jint sizeBytes) {
    return address == 0 || sizeBytes < 0 ? NULL : (*env)->NewDirectByteBuffer(env, POINTER(address), sizeBytes);
}

SHIM(jint, channelFd)(JNIEnv *env, __attribute__((unused)) jclass shim, jobject channel) {
    jclass selChImpl = (*env)->FindClass(env, "sun/nio/ch/SelChImpl");
    jmethodID getFDVal = selChImpl == NULL ? NULL : (*env)->GetMethodID(env, selChImpl, "getFDVal", "()I");
    if (getFDVal == NULL) {
        (*env)->ExceptionClear(env);
        return -ENOSYS;
    }
    if (channel == NULL || !(*env)->IsInstanceOf(env, channel, selChImpl)) {
        return -EINVAL;
    }
    jint fd = (*env)->CallIntMethod(env, channel, getFDVal);
    if ((*env)->ExceptionCheck(env)) {
        (*env)->ExceptionClear(env);
        return -ENOSYS;
    }
    return fd;
}
