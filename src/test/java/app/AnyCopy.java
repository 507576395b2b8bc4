// SPDX-License-Identifier: Apache-2.0
package app;

import java.lang.reflect.InvocationTargetException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.SelectorProvider;

/**
 * Uses copies of Pollux by their packages, {@code -Dcopies=one,two}, through each binding and as a selector, and says
 * how that went. Knows no class of Pollux, so that it can be on the class path while Pollux is on the module path.
 */
public final class AnyCopy {
    private AnyCopy() {}

    public static void main(String[] args) throws Exception {
        for (String copy : System.getProperty("copies", "dev.pollux").split(",")) {
            for (String binding : new String[] {"JNI", "FFM", "JNA"}) {
                System.out.println(copy + " " + binding + ": " + open(copy, binding));
            }
            System.out.println(copy + " selector: " + select(copy));
        }
    }

    private static String open(String copy, String name) throws ReflectiveOperationException {
        Object builder = Class.forName(copy + ".Pollers").getMethod("builder").invoke(null);
        Class<?> type = Class.forName(copy + ".Binding");
        Object binding = type.getField(name).get(null);
        builder.getClass().getMethod("binding", type).invoke(builder, binding);
        try (AutoCloseable poller =
                (AutoCloseable) builder.getClass().getMethod("open").invoke(builder)) {
            return "opened "
                    + Class.forName(copy + ".Poller").getMethod("mechanism").invoke(poller);
        } catch (InvocationTargetException e) {
            return e.getCause().getMessage();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String select(String copy) throws Exception {
        SelectorProvider provider = (SelectorProvider) Class.forName(copy + ".nio.PolluxSelectorProvider")
                .getDeclaredConstructor()
                .newInstance();
        try (Selector selector = provider.openSelector()) {
            Pipe pipe = provider.openPipe();
            pipe.sink().configureBlocking(false);
            pipe.sink().register(selector, SelectionKey.OP_WRITE);
            return "ready " + selector.select();
        } catch (UnsupportedOperationException e) {
            return e.getMessage();
        }
    }
}
