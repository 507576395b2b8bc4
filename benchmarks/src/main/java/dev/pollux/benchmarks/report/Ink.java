// SPDX-License-Identifier: Apache-2.0
package dev.pollux.benchmarks.report;

import java.awt.Color;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A colour on light and on dark paper. Pictures are drawn in the light ones; {@link #darkCss} exchanges them. The bright
 * ones are Okabe and Ito's, which colour-blind people can tell apart, some a little darker or lighter for the contrast.
 */
enum Ink {
    PAPER(0xfdfdfc, 0x15191e),
    TEXT(0x1d2126, 0xe4e7eb),
    SOFT(0x59626c, 0xa3adb8),
    GRID(0xe2e6ea, 0x2c333b),
    BLUE(0x0072b2, 0x4aa8ea),
    RED(0xd55e00, 0xff8440),
    GREEN(0x009e73, 0x2fc79b),
    PURPLE(0xb65c90, 0xe59ac6),
    ORANGE(0xd98f00, 0xf3b93f),
    SKY(0x56b4e9, 0x9ad7ff),
    YELLOW(0xc4b400, 0xe8dc4a),
    GREY(0x8d959d, 0x727c87),
    SLATE(0x4a525b, 0xd5dae0);

    final Color light;
    final Color dark;

    Ink(int light, int dark) {
        this.light = new Color(light);
        this.dark = new Color(dark);
    }

    /** {@code #rrggbb}. */
    static String hex(Color color) {
        return String.format(Locale.ROOT, "#%06x", color.getRGB() & 0xffffff);
    }

    /** The rules that turn a picture into one for dark paper, where the reader wants that. */
    static String darkCss() {
        return Arrays.stream(values())
                .flatMap(ink -> Arrays.stream(new String[] {"fill", "stroke"})
                        .map(what ->
                                "svg [" + what + "=\"" + hex(ink.light) + "\"]{" + what + ":" + hex(ink.dark) + "}"))
                .collect(Collectors.joining("\n", "@media (prefers-color-scheme: dark) {\n", "\n}\n"));
    }
}
