// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All that the metadata for GraalVM's native-image names exists, and it names all that Pollux looks up by name. The
 * format is that of {@code reachability-metadata-schema-v1.2.0.json} in oracle/graal,
 * docs/reference-manual/native-image/assets.
 */
class NativeImageMetadataTest {
    private static final JsonObject METADATA =
            read("src/main/resources/META-INF/native-image/dev.pollux/pollux/reachability-metadata.json");

    private static final Map<String, Class<?>> PRIMITIVES =
            Map.of("boolean", boolean.class, "int", int.class, "long", long.class);

    private static JsonObject read(String file) {
        return JsonParser.parseString(text(Path.of(file))).getAsJsonObject();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonObject> objects(JsonObject parent, String name) {
        List<JsonObject> objects = new ArrayList<>();
        JsonArray array = parent.has(name) ? parent.getAsJsonArray(name) : new JsonArray();
        array.forEach(each -> objects.add(each.getAsJsonObject()));
        return objects;
    }

    private static String string(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static List<JsonObject> everyEntry() {
        return Stream.of(
                        objects(METADATA, "reflection"),
                        objects(METADATA, "resources"),
                        objects(METADATA.getAsJsonObject("foreign"), "downcalls"))
                .flatMap(List::stream)
                .toList();
    }

    private static Set<String> typesOf(String flag) {
        Set<String> types = new HashSet<>();
        objects(METADATA, "reflection").stream()
                .filter(entry -> entry.has(flag))
                .forEach(entry -> types.add(string(entry, "type")));
        return types;
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return PRIMITIVES.containsKey(name)
                ? PRIMITIVES.get(name)
                : Class.forName(name, false, NativeImageMetadataTest.class.getClassLoader());
    }

    private static Class<?>[] parameterTypes(JsonObject method) throws ClassNotFoundException {
        List<Class<?>> types = new ArrayList<>();
        for (JsonElement each : method.getAsJsonArray("parameterTypes")) {
            types.add(type(each.getAsString()));
        }
        return types.toArray(Class[]::new);
    }

    private static Object find(Class<?> type, JsonObject method) throws ReflectiveOperationException {
        String name = string(method, "name");
        return name.equals("<init>")
                ? type.getDeclaredConstructor(parameterTypes(method))
                : type.getDeclaredMethod(name, parameterTypes(method));
    }

    /** Of a newer JDK than this one: the FFM binding, which this one did not compile, and virtual threads. */
    private static boolean isOfALaterJdk(JsonObject entry) {
        int version = Runtime.version().feature();
        return version < 22 && entry.toString().contains("Ffm")
                || version < 21 && entry.toString().contains("isVirtual");
    }

    /** The schema allows no other property anywhere, and native-image ignores or refuses a misspelt one. */
    @Test
    void eachObjectHasPropertiesOfTheSchemaOnly() {
        Map<String, JsonElement> file = METADATA.asMap();
        assertThat(file.keySet()).isSubsetOf("comment", "reflection", "resources", "foreign");
        for (JsonObject entry : objects(METADATA, "reflection")) {
            Map<String, JsonElement> rest = new HashMap<>(entry.asMap());
            assertThat(rest.remove("type").getAsJsonPrimitive().isString()).isTrue();
            assertIsACondition(rest.remove("condition"));
            rest.remove("methods");
            rest.remove("fields");
            for (JsonObject method : objects(entry, "methods")) {
                assertThat(method.keySet()).containsExactlyInAnyOrder("name", "parameterTypes");
            }
            for (JsonObject field : objects(entry, "fields")) {
                assertThat(field.keySet()).containsExactly("name");
            }
            assertThat(rest.keySet()).isSubsetOf("jniAccessible", "allDeclaredMethods");
            assertThat(rest.values()).allMatch(flag -> flag.getAsJsonPrimitive().isBoolean());
        }
        for (JsonObject entry : objects(METADATA, "resources")) {
            assertThat(entry.keySet()).containsExactlyInAnyOrder("condition", "glob");
            assertIsACondition(entry.get("condition"));
        }
        assertThat(METADATA.getAsJsonObject("foreign").keySet()).containsExactly("downcalls");
        for (JsonObject entry : objects(METADATA.getAsJsonObject("foreign"), "downcalls")) {
            assertThat(entry.keySet())
                    .containsExactlyInAnyOrder("condition", "returnType", "parameterTypes", "options");
            assertIsACondition(entry.get("condition"));
            Map<String, JsonElement> options = entry.getAsJsonObject("options").asMap();
            assertThat(options.keySet()).isSubsetOf("captureCallState", "critical");
            if (options.containsKey("critical")) {
                assertThat(options.get("critical").getAsJsonObject().keySet()).containsExactly("allowHeapAccess");
            }
        }
    }

    private static void assertIsACondition(JsonElement condition) {
        assertThat(condition.getAsJsonObject().keySet()).containsExactly("typeReached");
    }

    @Test
    void everyTypeMethodAndFieldExists() {
        for (JsonObject entry : objects(METADATA, "reflection")) {
            if (isOfALaterJdk(entry)) {
                System.out.println("skipped: not in JDK " + Runtime.version().feature() + ": " + entry);
                continue;
            }
            assertThatCode(() -> {
                        Class<?> type = type(string(entry, "type"));
                        for (JsonObject method : objects(entry, "methods")) {
                            find(type, method);
                        }
                        for (JsonObject field : objects(entry, "fields")) {
                            type.getDeclaredField(string(field, "name"));
                        }
                    })
                    .as(entry.toString())
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void everyConditionIsATypeThatExists() {
        for (JsonObject entry : everyEntry()) {
            String condition = string(entry.getAsJsonObject("condition"), "typeReached");
            if (!isOfALaterJdk(entry)) {
                assertThatCode(() -> type(condition)).as(entry.toString()).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void everyClassThatTheCCodeLooksUpIsAccessibleToIt() throws IOException {
        String name = "\"((?:sun/nio/ch|java/lang|java/io)/\\w+)\"";
        try (Stream<Path> files = Files.list(Path.of("native"))) {
            List<String> lookedUp = files.filter(file -> file.toString().endsWith(".c"))
                    .flatMap(file -> found(name, text(file)).stream())
                    .map(found -> found.replace('/', '.'))
                    .toList();

            assertThat(lookedUp).hasSizeGreaterThan(5);
            assertThat(typesOf("jniAccessible")).containsAll(lookedUp).contains("dev.pollux.syscall.jni.Shim");
        }
    }

    @Test
    void everyClassOfFunctionsThatJnaBindsIsThereWithItsMethods() throws ClassNotFoundException {
        String binding = "dev.pollux.syscall.jna.JnaSyscalls";
        List<String> bound = Arrays.stream(type(binding).getDeclaredClasses())
                .map(Class::getName)
                .toList();

        assertThat(bound).isNotEmpty();
        assertThat(typesOf("allDeclaredMethods")).containsExactlyInAnyOrderElementsOf(bound);
        assertThat(typesOf("jniAccessible")).containsAll(bound);
    }

    @Test
    void everyFieldOfAVarHandleIsThere() throws IOException {
        String nameInItsValue = "VarHandle \\w+ =[^;]*?\"(\\w+)\"";
        Set<String> named = new HashSet<>();
        objects(METADATA, "reflection").stream()
                .filter(entry -> !entry.has("jniAccessible"))
                .forEach(entry -> objects(entry, "fields").forEach(field -> named.add(string(field, "name"))));
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<String> fields = files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> found(nameInItsValue, text(file)).stream())
                    .toList();

            assertThat(fields).isNotEmpty();
            assertThat(named).containsExactlyInAnyOrderElementsOf(fields);
        }
    }

    @Test
    void everyKindOfDowncallIsThereWithItsTypesAndOptions() {
        String source = text(Path.of("src/main/java22/dev/pollux/syscall/ffm/FfmSyscalls.java"))
                .replace("ValueLayout.JAVA_INT", "jint")
                .replace("LONG", "jlong");
        List<JsonObject> downcalls = objects(METADATA.getAsJsonObject("foreign"), "downcalls");
        List<String> described = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (JsonObject downcall : downcalls) {
            List<String> types = new ArrayList<>(List.of(string(downcall, "returnType")));
            downcall.getAsJsonArray("parameterTypes").forEach(each -> types.add(each.getAsString()));
            described.add(String.join(", ", types));
            if (downcall.has("options")) {
                options.addAll(downcall.getAsJsonObject("options").keySet());
            }
        }

        assertThat(described)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(found("FunctionDescriptor\\.of\\(([\\w, ]+)\\)", source));
        assertThat(options).containsExactlyInAnyOrderElementsOf(found("Linker\\.Option\\.(\\w+)\\([^)]", source));
    }

    private static List<String> found(String regex, String text) {
        return Pattern.compile(regex)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .toList();
    }
}
