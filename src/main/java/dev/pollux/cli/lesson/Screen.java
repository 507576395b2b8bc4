// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.io.IOException;

/** Where a lesson is shown: {@link TerminalScreen} prints it, {@link JsonScreen} feeds a page. Any thread may call it. */
public interface Screen {
    /** Shows a fact below the others. */
    void show(Fact fact);

    /**
     * Announces the next step, and returns when its calls may be made.
     *
     * @param question what the audience may predict; null if nothing is asked
     * @throws IOException if the audience has left
     */
    void step(String text, Question question) throws IOException;

    /** Whether the screen draws the {@linkplain Fact.Descriptors descriptors} of the lesson after each call. */
    boolean drawsDescriptors();
}
