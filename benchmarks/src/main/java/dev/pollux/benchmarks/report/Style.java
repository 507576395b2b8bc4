// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.Stroke;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The style of a caller in all plots: colour, marker and dashes, so that no reader depends on a single one of them.
 *
 * @param dash lengths of line and gap; empty for an unbroken line
 */
record Style(String label, Ink ink, Shape marker, float... dash) {
    static final String PLAIN_C = "C";

    /** Not a caller: figures from a book. */
    static final String BOOK = "BOOK";

    /** Pollux: the poller through each binding, and the selector on the fastest one. */
    private static final List<String> POLLUX = List.of("JNI", "FFM", "JNA", "POLLUX_NIO_KEYS", "POLLUX_NIO_CONSUMER");

    private static final Set<String> HOLLOW = Set.of("POLLUX_NIO_CONSUMER", "JDK_CONSUMER", "NETTY_NIO");

    private static final Map<String, Style> CALLERS = Map.ofEntries(
            Map.entry(PLAIN_C, new Style("plain C", Ink.SLATE, disc())),
            Map.entry("JNI", new Style("Pollux, JNI", Ink.BLUE, polygon(3, -90), 6, 3)),
            Map.entry("FFM", new Style("Pollux, FFM", Ink.GREEN, square(), 2, 3)),
            Map.entry("JNA", new Style("Pollux, JNA", Ink.RED, polygon(4, 0), 9, 3, 2, 3)),
            Map.entry("JNA_INTERFACE", new Style("JNA, interface mapping", Ink.YELLOW, polygon(3, 90), 4, 2)),
            Map.entry("POLLUX_NIO_KEYS", new Style("Pollux Selector, keys", Ink.YELLOW, polygon(5, 90), 6, 2)),
            Map.entry(
                    "POLLUX_NIO_CONSUMER",
                    new Style("Pollux Selector, consumer", Ink.YELLOW, corners(6, -90, 6, 1.5), 2, 2)),
            Map.entry("JDK_KEYS", new Style("JDK Selector, keys", Ink.PURPLE, polygon(5, -90), 4, 2)),
            Map.entry("JDK_CONSUMER", new Style("JDK Selector, consumer", Ink.PURPLE, polygon(3, 90), 1, 2)),
            Map.entry("JDK_NIO", new Style("JDK NIO", Ink.PURPLE, polygon(5, -90), 4, 2)),
            Map.entry("NETTY_EPOLL", new Style("Netty, epoll", Ink.ORANGE, polygon(6, 0), 4, 2)),
            Map.entry("NETTY_NIO", new Style("Netty, NIO", Ink.ORANGE, polygon(3, 0), 1, 2)),
            Map.entry("JNR_ENXIO", new Style("jnr-enxio", Ink.SKY, polygon(3, 180), 4, 2)),
            Map.entry("LIBEVENT", new Style("libevent", Ink.GREY, corners(8, 0, 6, 2.6), 4, 2)),
            Map.entry(BOOK, new Style("the book, CPU time", Ink.SOFT, star(), 1, 4)));

    private static final Map<String, Ink> MECHANISMS = Map.of(
            "EPOLL", Ink.BLUE,
            "POLL", Ink.RED,
            "SELECT", Ink.GREEN,
            "DEVPOLL", Ink.ORANGE,
            "KQUEUE", Ink.PURPLE,
            "IO_URING", Ink.YELLOW);

    static Style of(String caller) {
        Style known = CALLERS.get(caller);
        return known != null
                ? known
                : new Style(caller.isEmpty() ? "measured" : caller, Ink.GREY, polygon(5, 90), 3, 3);
    }

    /** Whether the bars are outlines, which tells the caller from another one of the same colour. */
    static boolean isHollow(String caller) {
        return HOLLOW.contains(caller);
    }

    static boolean isPollux(String caller) {
        return POLLUX.contains(caller);
    }

    /** Whether this is another library: neither plain C nor Pollux. */
    static boolean isPeer(String caller) {
        return !caller.isEmpty() && !caller.equals(PLAIN_C) && !isPollux(caller);
    }

    static boolean isMechanism(String name) {
        return MECHANISMS.containsKey(name);
    }

    static Ink mechanism(String name) {
        return MECHANISMS.getOrDefault(name, Ink.GREY);
    }

    /** The same line and marker in another colour. */
    Style in(Ink other) {
        return new Style(label, other, marker, dash);
    }

    Stroke stroke() {
        float width = 1.6f;
        return dash.length == 0
                ? new BasicStroke(width)
                : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
    }

    private static Shape disc() {
        return new Ellipse2D.Double(-3, -3, 6, 6);
    }

    private static Shape square() {
        return new Rectangle2D.Double(-3.2, -3.2, 6.4, 6.4);
    }

    private static Shape polygon(int corners, double startDegrees) {
        return corners(corners, startDegrees, 4.4, 4.4);
    }

    private static Shape star() {
        return corners(10, -90, 6, 2.4);
    }

    private static Shape corners(int corners, double startDegrees, double outer, double inner) {
        Path2D path = new Path2D.Double();
        path.moveTo(outer, 0);
        for (int i = 1; i < corners; i++) {
            double angle = 2 * Math.PI * i / corners;
            double radius = i % 2 == 0 ? outer : inner;
            path.lineTo(radius * Math.cos(angle), radius * Math.sin(angle));
        }
        path.closePath();
        return path.createTransformedShape(AffineTransform.getRotateInstance(Math.toRadians(startDegrees)));
    }
}
