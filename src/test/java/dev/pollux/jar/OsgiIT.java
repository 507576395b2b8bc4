// SPDX-License-Identifier: Apache-2.0
package dev.pollux.jar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.pollux.Binding;
import dev.pollux.Eventually;
import dev.pollux.Mechanism;
import dev.pollux.Usable;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Pollux as a bundle in an OSGi framework. */
@Timeout(value = Eventually.TEST_SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OsgiIT {
    @TempDir
    private Path folder;

    private Framework framework;

    @BeforeEach
    void startTheFramework() throws BundleException {
        Map<String, String> settings = Map.of(
                Constants.FRAMEWORK_STORAGE,
                folder.toString(),
                // for selectors and channels, whose classes the JDK keeps to itself
                Constants.FRAMEWORK_BOOTDELEGATION,
                "sun.nio.ch");
        framework = ServiceLoader.load(FrameworkFactory.class)
                .findFirst()
                .orElseThrow()
                .newFramework(settings);
        framework.start();
    }

    @AfterEach
    void stopTheFramework() throws Exception {
        framework.stop();
        framework.waitForStop(Eventually.DEADLINE_MILLIS);
    }

    private Bundle install(String jar) throws BundleException {
        return framework.getBundleContext().installBundle(Path.of(jar).toUri().toString());
    }

    private static String open(Bundle pollux, Binding name) throws Exception {
        Class<?> binding = pollux.loadClass("dev.pollux.Binding");
        Object builder =
                pollux.loadClass("dev.pollux.Pollers").getMethod("builder").invoke(null);
        Object constant = binding.getField(name.name()).get(null);
        builder.getClass().getMethod("binding", binding).invoke(builder, constant);
        try (AutoCloseable poller =
                (AutoCloseable) builder.getClass().getMethod("open").invoke(builder)) {
            return pollux.loadClass("dev.pollux.Poller")
                    .getMethod("binding")
                    .invoke(poller)
                    .toString();
        }
    }

    private static void assume(Binding binding) {
        String reason = Usable.reasonAgainst(Mechanism.POLL, binding);
        if (reason != null) {
            System.out.println("skipped: a bundle through " + binding + ": " + reason);
        }
        assumeThat(reason).isNull();
    }

    @Test
    void theBundleStartsWithoutJnaAndPollsAndSelects() throws Exception {
        assume(Binding.JNI);
        Bundle pollux = install(Jars.POLLUX);
        pollux.start();

        assertThat(pollux.getSymbolicName()).isEqualTo("dev.pollux");
        assertThat(open(pollux, Binding.JNI)).isEqualTo("JNI");
        SelectorProvider provider = (SelectorProvider) pollux.loadClass("dev.pollux.nio.PolluxSelectorProvider")
                .getDeclaredConstructor()
                .newInstance();
        try (Selector selector = provider.openSelector()) {
            assertThat(selector.selectNow()).isZero();
        }
    }

    @Test
    void theBundleTakesJnaFromItsBundle() throws Exception {
        assume(Binding.JNA);
        install(Jars.JNA);
        Bundle pollux = install(Jars.POLLUX);
        pollux.start();

        assertThat(open(pollux, Binding.JNA)).isEqualTo("JNA");
    }
}
