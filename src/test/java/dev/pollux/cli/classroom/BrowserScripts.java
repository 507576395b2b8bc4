// SPDX-License-Identifier: Apache-2.0
package dev.pollux.cli.classroom;

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

    /** Texts whose contrast against what is behind them is below 4.5, the AA of WCAG 2. */
    static final String LOW_CONTRAST = """
            const parse = color => color.match(/[\\d.]+/g).map(Number);
            const luminance = ([r, g, b]) => [r, g, b].map(each => each / 255)
                .map(each => each <= 0.03928 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
                .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = element => {
              for (let each = element; each; each = each.parentElement) {
                const color = parse(getComputedStyle(each).backgroundColor);
                if (color.length === 3 || color[3] > 0) return color;
              }
              return [255, 255, 255];
            };
            const low = [];
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              const element = walker.currentNode.parentElement;
              if (!walker.currentNode.data.trim() || element.closest('svg, script, [hidden]')) continue;
              const pair = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))].sort();
              const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
              if (ratio < 4.5) low.push(`${ratio.toFixed(1)} ${walker.currentNode.data}`);
            }
            return low;
            """;

    private BrowserScripts() {}

    /** The state of the lesson: {@code end} if it has come to its end. */
    static String state(Browser browser) {
        return browser.script("return document.body.dataset.state");
    }
}
