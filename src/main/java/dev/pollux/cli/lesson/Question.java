// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.lesson;

import java.util.List;

/** What the audience may predict before the calls of a step are made, with answers to choose from. */
public record Question(String text, List<String> choices) {}
