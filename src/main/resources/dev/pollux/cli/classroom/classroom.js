// SPDX-License-Identifier: Apache-2.0
'use strict';

// One drawing for each kind of fact. What a test compares with the trace is in data- attributes.

let lastWord = '';
let plot = null;

const draw = {
  Text: fact => html('p', {class: 'faint'}, fact.text),
  Line: fact => html('p', {class: 'mono', 'data-kind': 'Line'}, fact.text),
  Notice: fact => html('p', {class: 'notice'}, fact.text),

  Call: callLine,

  // Rows of eight bits, so that they wrap on a narrow page.
  Bits(fact) {
    const rows = [...new Set([...fact.before, ...fact.after].map(fd => Math.floor(fd / 32) * 32))];
    if (!rows.length) rows.push(0);
    rows.sort((a, b) => a - b);
    const before = new Set(fact.before);
    const after = new Set(fact.after);
    const drawn = figure('Bits', `${fact.set}: the kernel looks below nfds = ${fact.nfds}; a thick frame marks what it overwrote`);
    drawn.dataset.set = fact.set;
    drawn.dataset.nfds = fact.nfds;
    for (const row of rows) {
      for (const [when, bits, other] of [['before', before, null], ['after', after, before]]) {
        const line = html('div', {class: 'bits', 'data-when': when}, html('span', {class: 'when'}, when));
        for (let first = row; first < row + 32; first += 8) line.append(eightBits(first, bits, other, fact.nfds));
        drawn.append(line);
      }
    }
    return drawn;
  },

  // The bytes in the order of memory, which on little-endian machines is the reverse of the number.
  Word(fact) {
    const bytes = fact.hex.match(/../g).reverse();
    const old = lastWord ? lastWord.match(/../g).reverse() : bytes;
    lastWord = fact.hex;
    const drawn = figure('Word', `${fact.when}: the eight bytes behind the fd_set, from byte ${fact.offsetBytes} on`);
    const cells = bytes.map((byte, i) => svg('g', {},
      svg('rect', {x: 2 + i * 36, y: 2, width: 34, height: 26, class: byte === old[i] ? 'bit' : 'bit changed'}),
      svg('text', {x: 19 + i * 36, y: 20, 'text-anchor': 'middle', 'font-size': 14}, byte)));
    const changed = bytes.map((byte, i) => byte === old[i] ? '' : ` byte ${fact.offsetBytes + i} changed`).join('');
    drawn.append(picture(292, 30, `0x${fact.hex}${changed}`, ...cells));
    return drawn;
  },

  PollArray(fact) {
    const drawn = figure('PollArray', 'struct pollfd fds[]: a thick frame marks what the kernel wrote');
    drawn.append(table(['', 'fd', 'events →', '← revents'], fact.fds.map((each, i) => [`[${i}]`, each.fd, each.events, each.revents]),
      (row, column) => column === 3 && fact.fds[row].revents !== '0' ? 'written' : ''));
    return drawn;
  },

  EpollLists(fact) {
    const ready = new Set((fact.ready || []).map(each => each.fd));
    const interest = (fact.interest || []).map(each => {
      const disarmed = each.events === 'EPOLLONESHOT';
      return html('li', {class: disarmed ? 'disarmed' : '', 'data-fd': each.fd},
        trigger(each.events), `fd ${each.fd} ${breakable(each.events)}${disarmed ? ' (disarmed)' : ''}${ready.has(each.fd) ? ' ➔' : ''}`);
    });
    const came = (fact.ready || []).map(each =>
      html('li', {class: 'ready', 'data-fd': each.fd, 'data-events': each.events}, `fd ${each.fd} ${breakable(each.events)}`));
    const lists = html('div', {class: 'lists'},
      html('div', {}, html('b', {}, 'interest list'), html('ul', {class: 'entries'}, ...(interest.length ? interest
        : [html('li', {}, fact.interest ? 'nothing' : 'this kernel does not show it')]))));
    if (fact.ready) {
      lists.append(html('div', {}, html('b', {}, 'ready: what epoll_wait returned'),
        html('ul', {class: 'entries', 'data-ready': ''}, ...(came.length ? came : [html('li', {}, 'nothing')]))));
    }
    const drawn = figure('EpollLists', `epoll ${fact.epfd}, in the kernel`, lists);
      return drawn;
  },

  KeventList(fact) {
    const drawn = figure('KeventList', 'events of kevent: one for each filter');
    drawn.append(fact.events.length
      ? table(['fd', 'filter', 'data', 'flags'], fact.events.map(each => [each.fd, each.filter, each.data, each.flags]))
      : html('p', {}, 'nothing'));
    return drawn;
  },

  Threads(fact) {
    const woken = new Set(fact.woken);
    const drawn = figure('Threads', fact.isOver ? `${fact.woken.length} of ${fact.all.length} threads woke up` : 'all threads sleep');
    drawn.append(html('div', {class: 'threads'}, ...fact.all.map(name => {
      const awake = woken.has(name);
      const face = awake
        ? [svg('circle', {cx: 20, cy: 20, r: 2.5, fill: 'currentColor'}), svg('circle', {cx: 34, cy: 20, r: 2.5, fill: 'currentColor'}),
          svg('text', {x: 46, y: 16, 'font-size': 18, 'font-weight': 'bold'}, '!')]
        : [svg('path', {d: 'M16 21 h8 M30 21 h8', stroke: 'currentColor'}), svg('text', {x: 46, y: 16, 'font-size': 14}, 'z')];
      return html('div', {class: 'thread-card'},
        picture(60, 44, '', svg('circle', {cx: 27, cy: 23, r: 18, class: awake ? 'mark curve0 wake' : 'mark axis'}), ...face),
        html('div', {}, name), html('div', {}, awake ? 'woken' : 'asleep'));
    })));
    return drawn;
  },

  Rings(fact) {
    const drawn = figure('Rings', 'shared memory: the program moves the submission tail and the completion head, the kernel the other two');
    drawn.append(html('div', {class: 'rings'}, ring('submission queue', fact.submission), ring('completion queue', fact.completion)));
    return drawn;
  },

  Table(fact) {
    const drawn = figure('Table', '');
    drawn.append(table(fact.rows[0], fact.rows.slice(1)));
    return drawn;
  },

  Plot(fact) {
    const drawn = figure('Plot', 'microseconds of one call against the number N of descriptors, both logarithmic');
    plot = {drawn, calls: fact.calls, points: []};
    return drawn;
  },

  Point(fact) {
    plot.points.push(fact);
    plot.drawn.querySelector('svg')?.remove();
    plot.drawn.querySelector('table')?.remove();
    plot.drawn.append(curves(plot), table(['N', ...plot.calls], plot.points.map(each => [each.n, ...each.micros.map(micros => micros.toFixed(1))])));
    return null;
  },

  Outcome(fact) {
    const chosen = step.querySelector('input:checked')?.value;
    const text = chosen === undefined ? `It was: ${fact.choice}`
      : chosen === fact.choice ? `✓ You said ${chosen}, and so it is.` : `✗ You said ${chosen}; it was: ${fact.choice}`;
    return html('p', {class: 'outcome', 'data-kind': 'Outcome'}, text);
  },

  Descriptors(fact) {
    byId('descriptors').hidden = false;
    byId('open').replaceChildren(...objects(fact.all));
    return null;
  },
};

function eightBits(first, bits, before, nfds) {
  const cells = [];
  for (let i = 0; i < 8; i++) {
    const fd = first + i;
    const set = bits.has(fd);
    const changed = before !== null && set !== before.has(fd);
    const x = 2 + i * 17;
    cells.push(svg('rect', {x, y: 2, width: 16, height: 20, 'data-fd': fd, 'data-bit': set ? 1 : 0,
      class: `bit${set ? ' set' : ''}${changed ? ' changed' : ''}${fd >= nfds ? ' beyond' : ''}`}, svg('title', {}, `descriptor ${fd}`)));
    cells.push(svg('text', {x: x + 8, y: 17, 'text-anchor': 'middle', 'font-size': 13}, set ? '1' : changed ? '0' : ''));
    if (changed) cells.push(svg('path', {class: 'strike', d: `M${x} 26 h16`}));
  }
  cells.push(svg('text', {x: 2, y: 38, 'font-size': 11}, first));
  const names = [];
  for (let fd = first; fd < first + 8; fd++) if (bits.has(fd)) names.push(fd);
  return picture(140, 42, `bits ${first} to ${first + 7}: ${names.length ? names.join(', ') + ' set' : 'none set'}`, ...cells);
}

// A step for edge-triggered, a plateau for level-triggered.
function trigger(events) {
  const edge = events.includes('EPOLLET');
  return picture(24, 16, edge ? 'edge-triggered' : 'level-triggered',
    svg('path', {d: edge ? 'M2 14 h10 v-12 M8 6 l4 -4 l4 4' : 'M2 14 v-8 h20 v8', fill: 'none', stroke: 'currentColor', 'stroke-width': 2}));
}

// The indexes stand in the middle; H and T point to the slots where head and tail are now.
function ring(name, queue) {
  const centre = 100;
  const at = (index, radius) => {
    const angle = 2 * Math.PI * index / queue.entries - Math.PI / 2;
    return [centre + radius * Math.cos(angle), centre + radius * Math.sin(angle)];
  };
  const full = new Set();
  for (let index = queue.head; index < queue.tail; index++) full.add(index % queue.entries);
  const parts = [];
  for (let slot = 0; slot < queue.entries; slot++) {
    const [x, y] = at(slot, 48);
    parts.push(svg('circle', {cx: x, cy: y, r: Math.min(14, 130 / queue.entries), class: full.has(slot) ? 'slot full' : 'slot'}));
  }
  for (const [letter, index, radius] of [['H', queue.head, 76], ['T', queue.tail, 91]]) {
    const [x, y] = at(index, radius);
    const [fromX, fromY] = at(index, radius - 7);
    const [toX, toY] = at(index, 63);
    parts.push(svg('path', {class: 'pointer', d: `M${fromX} ${fromY} L${toX} ${toY}`}),
      svg('circle', {cx: x, cy: y, r: 7.5, class: 'slot'}),
      svg('text', {x, y: y + 4, 'text-anchor': 'middle', 'font-size': 11}, letter));
  }
  parts.push(svg('text', {x: centre, y: centre - 3, 'text-anchor': 'middle', 'font-size': 12}, `head ${queue.head}`),
    svg('text', {x: centre, y: centre + 13, 'text-anchor': 'middle', 'font-size': 12}, `tail ${queue.tail}`));
  const content = queue.content.length ? queue.content.map(line => html('div', {class: 'mono'}, line)) : [html('div', {}, 'empty')];
  return html('div', {}, html('b', {}, name),
    html('div', {}, picture(2 * centre, 2 * centre, `${name}: head ${queue.head}, tail ${queue.tail}`, ...parts)), ...content);
}

function curves({calls, points}) {
  const width = 480;
  const height = 320;
  const all = points.flatMap(each => each.micros);
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.ceil(Math.log10(Math.max(...all) * 1.01));
  const x = n => 56 + (Math.log10(n) - 1) / 3 * 390;
  const y = micros => 262 - (Math.log10(micros) - low) / (high - low) * 210;
  const parts = [svg('path', {class: 'axis', fill: 'none', d: 'M56 40 V262 H460'}),
    svg('text', {x: 450, y: 312, 'font-size': 16, 'text-anchor': 'end'}, 'N')];
  for (const n of [10, 100, 1000, 10000]) parts.push(svg('text', {x: x(n), y: 284, 'font-size': 16, 'text-anchor': 'middle'}, n));
  for (let power = low; power <= high; power++) {
    parts.push(svg('text', {x: 50, y: y(10 ** power) + 5, 'font-size': 16, 'text-anchor': 'end'}, power < 0 ? (10 ** power).toFixed(-power) : 10 ** power));
  }
  calls.forEach((call, i) => {
    const line = points.map((each, at) => `${at ? 'L' : 'M'}${x(each.n)} ${y(each.micros[i])}`).join(' ');
    parts.push(svg('path', {class: `curve curve${i}`, d: line}));
    for (const each of points) parts.push(mark(i, x(each.n), y(each.micros[i])));
    parts.push(mark(i, 70 + i * 135, 18), svg('text', {x: 82 + i * 135, y: 23, 'font-size': 16}, call));
  });
  return picture(width, height, `${calls.join(', ')}: the values are in the table`, ...parts);
}

function mark(curve, x, y) {
  const attributes = {class: `mark curve${curve}`};
  if (curve === 0) return svg('circle', {...attributes, cx: x, cy: y, r: 5});
  if (curve === 1) return svg('rect', {...attributes, x: x - 5, y: y - 5, width: 10, height: 10});
  return svg('path', {...attributes, d: `M${x} ${y - 6} l6 11 h-12 z`});
}

// Descriptors of the same object stand together: the ends of a pipe, duplicates.
function objects(all) {
  const groups = new Map();
  for (const each of all) groups.set(each.object, [...(groups.get(each.object) || []), each]);
  return [...groups.values()].map(group => {
    const kind = group[0].kind;
    const bytes = Math.max(...group.map(each => each.bytes));
    const writers = group.filter(each => kind === 'pipe' && each.canWrite).map(each => each.fd);
    const others = group.filter(each => !(kind === 'pipe' && each.canWrite)).map(each => each.fd);
    const parts = [html('span', {class: 'faint'}, kind, ' ')];
    if (kind === 'pipe') parts.push(html('b', {}, writers.join(' ') || 'no writer'), ' → ');
    if (bytes > 0) {
      const cells = Math.min(bytes, 8);
      parts.push(picture(cells * 8 + 2, 12, `${bytes} bytes`,
        ...Array.from({length: cells}, (_, i) => svg('rect', {class: 'byte', x: 1 + i * 8, y: 1, width: 8, height: 10}))), ` ${bytes} `);
    } else if (bytes === 0) {
      parts.push(html('span', {class: 'faint'}, 'empty '));
    }
    if (kind === 'pipe') parts.push('→ ');
    parts.push(html('b', {}, others.join(' ') || (kind === 'pipe' ? 'no reader' : '')));
    return html('div', {class: `object ${kind === 'pipe' || kind === 'socket' ? kind : ''}`,
      'data-fds': group.map(each => each.fd).join(' '), 'data-bytes': bytes}, ...parts);
  });
}

// Playing

let source = null;
let player = '';
let lessonName = '';
let stepNumber = 0;
let step = null;
let waits = false;
let runs = false;

function state(text, waiting) {
  waits = waiting;
  byId('next').disabled = !waiting;
  byId('run').disabled = !waiting;
  byId('status').textContent = text;
}

// Ends the lesson at once; without it the server notices a closed page within two seconds.
function leave() {
  source?.close();
  if (player) fetch(`end?player=${player}`, {method: 'POST', keepalive: true}).catch(() => null);
  player = '';
}

function play(name, from = 1) {
  leave();
  lessonName = name;
  stepNumber = 0;
  runs = false;
  lastWord = '';
  plot = null;
  history.replaceState(null, '', '#' + name);
  byId('welcome').hidden = true;
  byId('lesson').hidden = false;
  byId('descriptors').hidden = true;
  byId('title').textContent = name;
  step = html('section', {class: 'step'});
  byId('steps').replaceChildren(step);
  for (const button of byId('lessons').querySelectorAll('button')) {
    if (button.dataset.lesson === name) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
  state('The lesson begins…', false);
  document.body.dataset.state = 'playing';
  source = new EventSource(`play?lesson=${encodeURIComponent(name)}&from=${from}`);
  source.onmessage = message => take(JSON.parse(message.data));
  source.onerror = () => over('The lesson cannot be played: the classroom is closed or full. Press Again later.', 'lost');
}

function over(text, how) {
  source.close();
  player = '';
  state(text, false);
  document.body.dataset.state = how;
}

function take(fact) {
  if (fact.kind === 'Player') player = fact.message;
  else if (fact.kind === 'Title') byId('title').textContent = `${fact.name}: ${fact.title}`;
  else if (fact.kind === 'Step') announce(fact);
  else if (fact.kind === 'End') over('The end. Again plays the last step once more.', 'end');
  else if (fact.kind === 'Failed') over(`The lesson ended early: ${fact.message}`, 'failed');
  else {
    const drawn = draw[fact.kind] ? draw[fact.kind](fact) : draw.Line({text: JSON.stringify(fact)});
    if (drawn) step.append(drawn);
  }
}

function announce(fact) {
  stepNumber = fact.number;
  const again = html('button', {type: 'button', 'aria-label': `Again from step ${fact.number}`, title: 'Again from here'}, '↻');
  again.onclick = () => play(lessonName, fact.number);
  step = html('section', {class: 'step', 'data-step': fact.number},
    html('header', {}, html('h3', {tabindex: -1}, `${fact.number}. ${fact.text}`), again));
  if (fact.question) {
    step.append(html('fieldset', {}, html('legend', {}, fact.question.text), ...fact.question.choices.map(choice =>
      html('label', {}, html('input', {type: 'radio', name: `question${fact.number}`, value: choice}), choice))));
  }
  byId('steps').append(step);
  if (!runs) state(fact.question ? 'Predict, then press Next.' : 'What do you expect? Press Next to see.', true);
  step.scrollIntoView({block: 'nearest'});
  document.body.dataset.step = fact.number;
}

async function press(what) {
  if (!waits) return;
  runs = what === 'run';
  state(runs ? 'Running…' : 'The calls are being made…', false);
  const answer = await fetch(`${what}?player=${player}`, {method: 'POST'}).catch(() => null);
  if (!answer || !answer.ok) over('The lesson is over. Press Again.', 'lost');
}

byId('next').onclick = () => press('next');
byId('run').onclick = () => press('run');
byId('again').onclick = () => play(lessonName, Math.max(1, stepNumber));
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.altKey || event.metaKey || byId('lesson').hidden) return;
  if (event.key === 'n') press('next');
  else if (event.key === 'r') press('run');
  else if (event.key === 'a') byId('again').click();
});

addEventListener('pagehide', leave);

fetch('lessons').then(answer => answer.json()).then(lessons => {
  byId('lessons').replaceChildren(...lessons.map(each => {
    const button = html('button', {type: 'button', 'data-lesson': each.name, disabled: each.missing ? '' : undefined},
      each.name, html('small', {}, each.missing ? `needs ${each.missing}` : each.title));
    button.onclick = () => play(each.name);
    return html('li', {}, button);
  }));
  document.body.dataset.state = 'ready';
  const wanted = lessons.find(each => '#' + each.name === location.hash && !each.missing);
  if (wanted) play(wanted.name);
});
