// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.pollux.mechanism.Driver;
import dev.pollux.nio.PolluxSelectorProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which package may import which. */
class ArchitectureTest {
    private static final String ROOT = "dev.pollux";

    /** For compilers only. */
    private static final String ANNOTATIONS = "org.jspecify.annotations";

    private static final JavaClasses POLLUX = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** What a package may import besides itself and the JDK's {@code java.*}. */
    private record ImportRule(String packageName, String... mayImport) {
        void check() {
            assertThat(POLLUX.stream().filter(each -> each.getPackageName().equals(packageName)))
                    .isNotEmpty();
            String[] allowed = Stream.concat(Stream.of(packageName, "java..", ANNOTATIONS), Stream.of(mayImport))
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(packageName)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed))
                    .check(POLLUX);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachPackageImportsOnlyWhatItMay() {
        return Stream.of(
                        new ImportRule(ROOT + ".abi"),
                        new ImportRule(ROOT + ".syscall"),
                        new ImportRule(ROOT + ".syscall.channel", ROOT + ".syscall", ROOT + ".abi"),
                        new ImportRule(ROOT + ".syscall.jna", ROOT + ".syscall", ROOT + ".abi", "com.sun.jna.."),
                        new ImportRule(
                                ROOT + ".syscall.jni", ROOT + ".syscall", ROOT + ".syscall.channel", ROOT + ".abi"),
                        new ImportRule(ROOT + ".syscall.trace", ROOT + ".syscall", ROOT + ".abi"),
                        new ImportRule(ROOT + ".jfr", ROOT, ROOT + ".mechanism", ROOT + ".syscall", "jdk.jfr"),
                        new ImportRule(
                                ROOT + ".mechanism", ROOT, ROOT + ".abi", ROOT + ".syscall", ROOT + ".syscall.channel"),
                        new ImportRule(ROOT + ".probe", ROOT),
                        new ImportRule(
                                ROOT + ".probe.trial",
                                ROOT,
                                ROOT + ".probe",
                                ROOT + ".abi",
                                ROOT + ".jfr",
                                ROOT + ".syscall",
                                ROOT + ".syscall.trace",
                                ROOT + ".mechanism",
                                ROOT + ".posix",
                                ROOT + ".posix.kernel"),
                        new ImportRule(ROOT + ".posix", ROOT),
                        new ImportRule(
                                ROOT + ".posix.kernel",
                                ROOT,
                                ROOT + ".posix",
                                ROOT + ".abi",
                                ROOT + ".syscall",
                                ROOT + ".syscall.channel"),
                        new ImportRule(ROOT + ".loop", ROOT, ROOT + ".posix"),
                        new ImportRule(ROOT + ".nio", ROOT, ROOT + ".syscall.channel"))
                .map(rule -> DynamicTest.dynamicTest(rule.packageName, rule::check));
    }

    @Test
    void thePackageOfFfmDoesSoTooWhereTheJdkCanCompileIt() {
        if (Runtime.version().feature() < 22) {
            System.out.println(
                    "skipped: the imports of the package ffm: this JDK, " + Runtime.version() + ", cannot compile it");
        }
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(22);
        new ImportRule(ROOT + ".syscall.ffm", ROOT + ".syscall", ROOT + ".abi").check();
    }

    @Test
    void theRootTypesImportOnlyJavaExceptPollers() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .and(outermostIsNot(Pollers.class))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT, "java..", ANNOTATIONS))
                .check(POLLUX);
    }

    @Test
    void everyExportedPackageIsNullMarked() throws ClassNotFoundException {
        for (String exported : EXPORTED) {
            assertThat(Class.forName(exported + ".package-info")).hasAnnotation(NullMarked.class);
        }
    }

    @Test
    void onlyTheSelectorProviderAndTheCommandLineImportPollers() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .and(outermostIsNot(Pollers.class))
                .and(outermostIsNot(PolluxSelectorProvider.class))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Pollers.class)
                .check(POLLUX);
    }

    /** The packages whose public classes are the API. The others are internal. */
    private static final List<String> EXPORTED = exported();

    /** From the source, since the test's own classes are not in a module. */
    private static List<String> exported() {
        try {
            return Pattern.compile("exports ([\\w.]+);")
                    .matcher(Files.readString(Path.of("src/main/java-module/module-info.java")))
                    .results()
                    .map(match -> match.group(1))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void thePublicApiShowsOnlyTypesOfExportedPackages() {
        for (JavaClass each : POLLUX) {
            Class<?> type = each.reflect();
            if (EXPORTED.contains(each.getPackageName()) && isForUsers(type)) {
                assertThat(shownTypes(type)).as(each.getName()).allMatch(ArchitectureTest::isForUsers);
            }
        }
    }

    private static boolean isForUsers(Class<?> type) {
        Class<?> element = type.isArray() ? type.getComponentType() : type;
        return element.isPrimitive()
                || element.getPackageName().startsWith("java.")
                || EXPORTED.contains(element.getPackageName()) && isVisible(element);
    }

    /** Public or protected, and so are the classes around it. */
    private static boolean isVisible(Class<?> type) {
        return isVisible(type.getModifiers())
                && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
    }

    private static boolean isVisible(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    /** The types that a class names where a user sees them. */
    private static List<Class<?>> shownTypes(Class<?> type) {
        List<Class<?>> shown = new ArrayList<>(List.of(type.getInterfaces()));
        if (type.getSuperclass() != null) {
            shown.add(type.getSuperclass());
        }
        for (Field field : type.getDeclaredFields()) {
            if (isVisible(field.getModifiers())) {
                shown.add(field.getType());
            }
        }
        Stream<Executable> methods = Stream.of(type.getDeclaredMethods(), type.getDeclaredConstructors())
                .flatMap(Stream::of);
        methods.filter(each -> isVisible(each.getModifiers()) && !each.isSynthetic())
                .forEach(each -> {
                    shown.addAll(List.of(each.getParameterTypes()));
                    shown.addAll(List.of(each.getExceptionTypes()));
                    if (each instanceof Method method) {
                        shown.add(method.getReturnType());
                    }
                });
        return shown;
    }

    @Test
    void nothingImportsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".cli..")
                .check(POLLUX);
    }

    @Test
    void noMechanismImportsAnother() {
        classes()
                .that(isMechanism())
                .should(new ArchCondition<>("not depend on another mechanism") {
                    @Override
                    public void check(JavaClass mechanism, ConditionEvents events) {
                        mechanism.getDirectDependenciesFromSelf().stream()
                                .filter(each -> isMechanism().test(each.getTargetClass())
                                        && !each.getTargetClass().equals(mechanism))
                                .forEach(
                                        each -> events.add(SimpleConditionEvent.violated(each, each.getDescription())));
                    }
                })
                .check(POLLUX);
    }

    @Test
    void everyFileOfTheMechanismsFitsIn450Lines() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/pollux/mechanism"))) {
            for (Path file : files.toList()) {
                assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(450);
            }
        }
    }

    @Test
    void thereIsNoCycleBetweenFiles() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                        return SliceIdentifier.of(outermost(javaClass).getName());
                    }

                    @Override
                    public String getDescription() {
                        return "each source file";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(POLLUX);
    }

    private static DescribedPredicate<JavaClass> isMechanism() {
        return DescribedPredicate.describe(
                "are mechanisms",
                each -> each.getPackageName().equals(ROOT + ".mechanism")
                        && each.isAssignableTo(Driver.class)
                        && !each.isEquivalentTo(Driver.class));
    }

    private static DescribedPredicate<JavaClass> outermostIsNot(Class<?> type) {
        return DescribedPredicate.describe(
                "are not in " + type.getSimpleName(),
                each -> !outermost(each).getName().equals(type.getName()));
    }

    private static JavaClass outermost(JavaClass javaClass) {
        return javaClass.getEnclosingClass().map(ArchitectureTest::outermost).orElse(javaClass);
    }
}
