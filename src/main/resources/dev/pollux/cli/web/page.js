// SPDX-License-Identifier: Apache-2.0
'use strict';

// What every page draws with.

const byId = id => document.getElementById(id);

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const html = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
const svg = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

function picture(width, height, label, ...children) {
  const hidden = label ? {role: 'img', 'aria-label': label} : {'aria-hidden': 'true'};
  return svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, ...hidden}, ...children);
}

function figure(kind, caption, ...children) {
  return html('figure', {'data-kind': kind}, html('figcaption', {}, caption), ...children);
}

// A call as strace writes it: what goes into the kernel, and what comes out.
function callLine(fact) {
  const answer = /^(.*?) (\(.*\))$/.exec(fact.result) || [null, fact.result, ''];
  return html('div', {class: 'call', 'data-kind': 'Call', 'data-line': fact.line, 'data-thread': fact.thread},
    html('div', {class: 'user'},
      fact.thread ? html('span', {class: 'thread'}, `[${fact.thread}] `) : '',
      html('code', {}, fact.name, '(', fact.arguments, ')'), ' ',
      html('span', {class: 'into', title: 'into the kernel'}, '→')),
    html('div', {class: 'kernel'},
      html('span', {class: 'outof', title: 'out of the kernel'}, '← '),
      html('code', {}, html('b', {}, answer[1]), ' ', answer[2]), ' ',
      fact.seconds ? duration(Number(fact.seconds)) : ''));
}

function breakable(events) {
  return events.replaceAll('|', '|\u200b');
}

function duration(seconds) {
  const micros = seconds * 1e6;
  const text = micros < 1000 ? `${micros.toFixed(0)} µs` : `${(micros / 1000).toFixed(1)} ms`;
  const width = Math.max(2, Math.log10(Math.max(1, micros)) * 10);
  return html('span', {class: 'time'},
    picture(width, 8, '', svg('rect', {x: 0, y: 0, width, height: 8, fill: 'currentColor'})), text);
}

function table(heading, rows, styled = () => '') {
  return html('table', {},
    html('thead', {}, html('tr', {}, ...heading.map(cell => html('th', {scope: 'col'}, cell)))),
    html('tbody', {}, ...rows.map((row, r) => html('tr', {},
      ...row.map((cell, c) => html('td', {class: styled(r, c)}, breakable(String(cell))))))));
}
