// SPDX-License-Identifier: Apache-2.0
package dev.pollux;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
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
import dev.pollux.syscall.ChannelBridge;
import dev.pollux.syscall.JdkChannels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The arrows between the rooms: who may import whom. */
class ArchitectureTest {
    private static final String ROOT = "dev.pollux";
    private static final JavaClasses POLLUX = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    /** What a room may import beside itself and the JDK's {@code java.*}. */
    private record Room(String path, String... mayImport) {
        void check() {
            assertThat(POLLUX.stream().filter(each -> each.getPackageName().equals(path)))
                    .isNotEmpty();
            String[] allowed = Stream.concat(Stream.of(path, "java.."), Stream.of(mayImport))
                    .toArray(String[]::new);
            classes()
                    .that()
                    .resideInAPackage(path)
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed))
                    .check(POLLUX);
        }
    }

    @TestFactory
    Stream<DynamicTest> eachRoomImportsOnlyWhatItMay() {
        return Stream.of(
                        new Room(ROOT + ".abi"),
                        new Room(ROOT + ".syscall"),
                        new Room(ROOT + ".syscall.jna", ROOT + ".syscall", ROOT + ".abi", "com.sun.jna.."),
                        new Room(ROOT + ".syscall.jni", ROOT + ".syscall", ROOT + ".abi"),
                        new Room(ROOT + ".syscall.trace", ROOT + ".syscall", ROOT + ".abi"),
                        new Room(ROOT + ".mechanism", ROOT, ROOT + ".abi", ROOT + ".syscall"),
                        new Room(
                                ROOT + ".probe",
                                ROOT,
                                ROOT + ".abi",
                                ROOT + ".syscall",
                                ROOT + ".syscall.trace",
                                ROOT + ".mechanism",
                                ROOT + ".posix"),
                        new Room(ROOT + ".posix", ROOT, ROOT + ".abi", ROOT + ".syscall"),
                        new Room(ROOT + ".loop", ROOT),
                        new Room(ROOT + ".nio", ROOT, ROOT + ".syscall"))
                .map(room -> DynamicTest.dynamicTest(room.path, room::check));
    }

    @Test
    void theRoomOfFfmDoesSoTooWhereTheJdkCanCompileIt() {
        if (Runtime.version().feature() < 22) {
            System.out.println("skipped: the room of FFM: this JDK, " + Runtime.version() + ", cannot compile it");
        }
        assumeThat(Runtime.version().feature()).isGreaterThanOrEqualTo(22);
        new Room(ROOT + ".syscall.ffm", ROOT + ".syscall", ROOT + ".abi").check();
    }

    @Test
    void theRootsTypesImportOnlyJavaButForTheFrontDoor() {
        classes()
                .that()
                .resideInAPackage(ROOT)
                .and(outermostIsNot(Pollers.class))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(ROOT, "java.."))
                .check(POLLUX);
    }

    @Test
    void nobodyImportsTheFrontDoorButTheSelectorProviderAndTheCommandLine() {
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

    @Test
    void fromTheCallsTheSelectorsImportOnlyTheBridgeToTheJdksChannels() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".nio")
                .should()
                .dependOnClassesThat(resideInAnyPackage(ROOT + ".syscall")
                        .and(DescribedPredicate.not(belongToAnyOf(ChannelBridge.class, JdkChannels.class))))
                .check(POLLUX);
    }

    @Test
    void nobodyImportsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ".cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + ".cli..")
                .check(POLLUX);
    }

    @Test
    void noMechanismKnowsAnother() {
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
    void thereIsNoCircleBetweenFiles() {
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
