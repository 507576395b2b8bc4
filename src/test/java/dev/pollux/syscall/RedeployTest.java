// SPDX-License-Identifier: Apache-2.0
package dev.pollux.syscall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pollux.Binding;
import dev.pollux.ChildJvm;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application server gives each deployment its own class loader. After an undeployment it must be collectable. */
class RedeployTest {
    private static final int DEPLOYMENTS = 50;

    /** Deploys and undeploys, and waits until no class loader and no native library is left. */
    public static void main(String[] args) throws Exception {
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        for (int i = 0; i < DEPLOYMENTS; i++) {
            deploy(loaders);
        }
        Eventually.until("no class loader of " + DEPLOYMENTS + " is left", () -> {
            System.gc();
            return loaders.stream().allMatch(loader -> loader.get() == null);
        });
        Path maps = Path.of("/proc/self/maps");
        if (Files.exists(maps)) {
            Eventually.until("no native library of Pollux is left", () -> {
                System.gc();
                return !Files.readString(maps).contains("/libpollux");
            });
        }
        System.out.println("all are gone");
    }

    private static void deploy(List<WeakReference<ClassLoader>> loaders) throws Exception {
        List<URL> classPath = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            classPath.add(new File(path).toURI().toURL());
        }
        try (URLClassLoader loader =
                new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            loaders.add(new WeakReference<>(loader));
            Thread.currentThread().setContextClassLoader(loader);
            Class<?> pollers = loader.loadClass("dev.pollux.Pollers");
            ((AutoCloseable) pollers.getMethod("open").invoke(null)).close();
        } finally {
            Thread.currentThread().setContextClassLoader(null);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "JNI", "FFM"})
    void afterFiftyDeploymentsNoClassLoaderAndNoNativeLibraryIsLeft(String binding) throws Exception {
        for (Binding each : Binding.values()) {
            if (binding.isEmpty() ? each == Binding.JNI : each.name().equals(binding)) {
                String reason = Usable.reasonAgainst(Mechanism.POLL, each);
                if (reason != null) {
                    System.out.println("skipped: redeploying with " + each + ": " + reason);
                }
                Assumptions.assumeTrue(reason == null, reason);
            }
        }

        ChildJvm child =
                ChildJvm.run(RedeployTest.class, "-Ddev.pollux.binding=" + binding, "-Dpollux.deadline.seconds=100");

        assertThat(child.output()).contains("all are gone");
        assertThat(child.exitCode()).isZero();
    }
}
