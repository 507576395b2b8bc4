// SPDX-License-Identifier: Apache-2.0
'use strict';

// What a test compares with the trace is in data- attributes.

const number = value => value.toLocaleString('en');
const shownMicros = micros => micros < 1000 ? `${micros} µs`
  : micros < 1e6 ? `${(micros / 1000).toFixed(1)} ms` : `${(micros / 1e6).toFixed(1)} s`;

// The descriptors that are registered; those that the last poll reported have a thick frame and a mark.
function registrations(poller) {
  if (!poller.showsRegistrations) {
    return figure('Registrations', 'registrations: in memory that the ring shares with the kernel; no call shows them');
  }
  const ready = new Set(poller.lastReady);
  const drawn = figure('Registrations', `${poller.isAtLeast ? 'at least ' : ''}${number(poller.registered)} registered, with the poller's own for wakeups`);
  drawn.dataset.registered = poller.registered;
  drawn.append(html('ul', {class: 'descriptors'}, ...poller.listed.map(each =>
    html('li', {class: ready.has(each.fd) ? 'ready' : '', 'data-fd': each.fd, 'data-ready': ready.has(each.fd) ? 1 : 0},
      `${each.fd} ${breakable(each.events)}${ready.has(each.fd) ? ' ➔' : ''}`))));
  if (poller.registered > poller.listed.length) drawn.append(html('p', {class: 'faint'}, `and ${number(poller.registered - poller.listed.length)} more`));
  return drawn;
}

function readyPerPoll(poller) {
  if (!poller.showsReady) {
    return figure('Ready', `${number(poller.polls)} calls of io_uring_enter; what was ready is in the shared memory`);
  }
  const bars = poller.readyPerPoll;
  const most = Math.max(1, ...bars);
  const mean = poller.polls ? (poller.ready / poller.polls).toFixed(1) : '0';
  const drawn = figure('Ready', `${number(poller.ready)} ready in ${number(poller.polls)} polls, ${mean} a poll; below, the last ${bars.length}`);
  drawn.dataset.ready = poller.ready;
  drawn.dataset.polls = poller.polls;
  drawn.append(picture(420, 120, `ready per poll: ${bars.join(', ')}`,
    svg('path', {class: 'axis', d: 'M40 8 V108 H412'}),
    svg('text', {x: 34, y: 18, 'font-size': 14, 'text-anchor': 'end'}, most),
    svg('text', {x: 34, y: 108, 'font-size': 14, 'text-anchor': 'end'}, 0),
    ...bars.map((ready, i) => svg('rect', {class: 'ready-bar', 'data-bar': ready, x: 42 + i * 6, width: 5,
      y: 107 - ready / most * 98, height: Math.max(1, ready / most * 98)}))));
  return drawn;
}

// Each part has its place and its name in the table: no meaning is in a colour alone.
function times(poller) {
  const parts = [['waiting in the kernel', 'wait', poller.waitMicros], ['other calls between polls', 'call-part', poller.callMicros],
    ['the program between polls', 'code', poller.codeMicros]];
  const all = Math.max(1, parts.reduce((sum, part) => sum + part[2], 0));
  const share = part => part[2] / all * 416;
  let x = 2;
  const drawn = figure('Times', 'time in the kernel beside time in handlers, since the beginning');
  drawn.dataset.wait = poller.waitMicros;
  drawn.dataset.call = poller.callMicros;
  drawn.dataset.code = poller.codeMicros;
  drawn.append(picture(420, 30, parts.map(part => `${part[0]} ${shownMicros(part[2])}`).join(', '), ...parts.map(part => {
    const rect = svg('rect', {class: `part ${part[1]}`, x, y: 2, width: share(part), height: 26});
    x += share(part);
    return rect;
  })), table(['', 'time', 'share'], parts.map(part => [part[0], shownMicros(part[2]), `${(part[2] / all * 100).toFixed(1)} %`])));
  return drawn;
}

function drawPoller(poller) {
  const title = `${poller.name}${poller.thread && !poller.name.includes(' on ') ? `, on ${poller.thread}` : ''}${poller.isOpen ? '' : ' (closed)'}`;
  return html('article', {class: poller.isOpen ? 'poller' : 'poller closed', 'data-poller': poller.name, 'data-open': poller.isOpen},
    html('h2', {}, title),
    html('div', {class: 'figures'}, registrations(poller), readyPerPoll(poller), times(poller)));
}

function missed(state) {
  const lines = [];
  if (state.dropped) lines.push(`${number(state.dropped)} calls were too fast for this page and are missing: registrations may be wrong.`);
  if (state.unreadable) lines.push(`${number(state.unreadable)} lines are no calls in JSON: write the trace with -Ddev.pollux.trace.format=json.`);
  byId('missed').hidden = !lines.length;
  byId('missed').textContent = lines.join(' ');
}

let latest = null;
let paused = false;
let ended = false;

function show(state) {
  byId('source').textContent = state.source;
  byId('calls').textContent = `${number(state.calls)} calls`;
  missed(state);
  byId('pollers').replaceChildren(...(state.pollers.length ? state.pollers.map(drawPoller) : [html('p', {}, 'No poller yet.')]));
  byId('last').replaceChildren(...state.last.slice().reverse().map(callLine));
  byId('counts').replaceChildren(table(['call', 'times', 'errors', 'in the kernel'],
    state.counts.map(each => [each.name, number(each.count), number(each.errors), shownMicros(each.micros)])));
  document.body.dataset.calls = state.calls;
}

function status() {
  byId('status').textContent = ended ? 'The program, or its view, has ended.' : paused ? 'Paused.' : '';
  document.body.dataset.state = ended ? 'ended' : paused ? 'paused' : 'live';
}

function pause() {
  paused = !paused;
  byId('pause').setAttribute('aria-pressed', paused);
  if (!paused && latest) show(latest);
  status();
}

byId('pause').onclick = pause;
document.addEventListener('keydown', event => {
  if (event.key === 'p' && !event.ctrlKey && !event.altKey && !event.metaKey) pause();
});

const source = new EventSource('events');

function end() {
  source.close();
  ended = true;
  status();
}

source.onmessage = message => {
  const state = JSON.parse(message.data);
  if (!state) {
    end();
    return;
  }
  const first = !latest;
  latest = state;
  if (!paused) show(state);
  if (first) status();
};
source.onerror = end;
