// SPDX-License-Identifier: Apache-2.0
#include "pollux.h"

static const JNINativeMethod natives[] = {
#include "natives.h"
};

// The class Shim. ShimLibrary passes its name in a system property: a shading tool may have renamed the package, and
// JNI would look for functions named after the new one.
static jclass shim_class(JNIEnv *env) {
    jclass system = (*env)->FindClass(env, "java/lang/System");
    jmethodID get = system == NULL ? NULL
                                   : (*env)->GetStaticMethodID(env, system, "getProperty",
                                                               "(Ljava/lang/String;)Ljava/lang/String;");
    jstring property = get == NULL ? NULL : (*env)->NewStringUTF(env, "dev.pollux.native.class");
    jstring name = property == NULL ? NULL : (*env)->CallStaticObjectMethod(env, system, get, property);
    if ((*env)->ExceptionCheck(env) || name == NULL) {
        return NULL;
    }
    const char *chars = (*env)->GetStringUTFChars(env, name, NULL);
    if (chars == NULL) {
        return NULL;
    }
    jclass shim = (*env)->FindClass(env, chars);
    (*env)->ReleaseStringUTFChars(env, name, chars);
    return shim;
}

// Never fails: unloading the library here would leave Shim with dangling functions. The first function is version,
// which is registered even if a Shim of another version lacks a later one; ShimLibrary then compares the versions.
__attribute__((visibility("default"))) jint JNICALL JNI_OnLoad(JavaVM *vm, __attribute__((unused)) void *reserved) {
    void *found = NULL;
    if ((*vm)->GetEnv(vm, &found, JNI_VERSION_1_8) == JNI_OK) {
        JNIEnv *env = found;
        jclass shim = shim_class(env);
        if (shim != NULL) {
            (*env)->RegisterNatives(env, shim, natives, sizeof natives / sizeof *natives);
        }
        (*env)->ExceptionClear(env);
    }
    return JNI_VERSION_1_8;
}
