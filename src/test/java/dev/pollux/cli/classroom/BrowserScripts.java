// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

import dev.pollux.cli.web.Browser;

/** What the tests ask the page. */
final class BrowserScripts {
    /** Everything that is drawn, in its order, as the elements show it. */
    static final String DRAWN = """
            const text = each => each.textContent.replaceAll('\\u200b', '').trim();
            const bits = (figure, when) => [...figure.querySelectorAll(`[data-when=${when}] [data-bit="1"]`)]
                .map(each => Number(each.dataset.fd));
            const cells = (each, row) => [...row.querySelectorAll('td')].map(text);
            const rows = figure => [...figure.querySelectorAll('tbody tr')].map(row => cells(figure, row));
            return [...document.querySelectorAll('#steps [data-kind]')].map(each => ({
              kind: each.dataset.kind,
              line: each.dataset.line || '',
              thread: each.dataset.thread || '',
              text: text(each),
              set: each.dataset.set || '',
              nfds: Number(each.dataset.nfds || 0),
              before: bits(each, 'before'),
              after: bits(each, 'after'),
              rows: rows(each),
              waited: each.querySelector('[data-ready]') !== null,
              ready: [...each.querySelectorAll('[data-ready] [data-fd]')].map(text),
              woken: each.querySelectorAll('.wake').length,
              marks: each.querySelectorAll('.mark').length,
            }));
            """;

    private BrowserScripts() {}

    /** The state of the lesson: {@code end} if it has come to its end. */
    static String state(Browser browser) {
        return browser.script("return document.body.dataset.state");
    }
}
