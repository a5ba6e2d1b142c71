// What was recorded, and what can be derived from it.
'use strict';

/** Returns elements by id, and makes new ones. */
const $ = (id) => document.getElementById(id);
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'text') element.textContent = value;
    else if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

const CATEGORIES = {
  lock: ['Lock', ['lock', 'try-lock', 'unlock', 'read-lock', 'try-read-lock', 'read-unlock', 'write-lock', 'try-write-lock', 'write-unlock', 'acquire', 'try-acquire', 'release', 'wait', 'notify-one', 'notify-all', 'arrive', 'init']],
  channel: ['Channel', ['send', 'try-send', 'reserve', 'recv', 'try-recv', 'close', 'clone']],
  atomic: ['Memory', ['load', 'store', 'rmw', 'fence', 'cell-read', 'cell-write', 'inspect']],
  task: ['Task', ['spawn', 'join', 'exit', 'abort', 'start', 'park', 'unpark', 'block-on', 'shutdown']],
  time: ['Time', ['sleep', 'timeout', 'tick']],
  choice: ['Choice', ['choose']],
  other: ['Other', []],
};
const CATEGORY_OF = new Map(Object.entries(CATEGORIES).flatMap(([name, [, ops]]) => ops.map((op) => [op, name])));

const TAKES = new Set(['lock', 'try-lock', 'read-lock', 'try-read-lock', 'write-lock', 'try-write-lock', 'acquire', 'try-acquire']);
const GIVES = new Set(['unlock', 'read-unlock', 'write-unlock', 'release']);

const SENDS = new Set(['send', 'try-send']);
const RECEIVES = new Set(['recv', 'try-recv']);

function duration(nanoseconds) {
  for (const [unit, size] of [['s', 1e9], ['ms', 1e6], ['µs', 1e3]]) {
    if (nanoseconds >= size) return `${+(nanoseconds / size).toFixed(3)} ${unit}`;
  }
  return nanoseconds ? `${nanoseconds} ns` : '0';
}

/** Follows an object through its changes. */
class ObjectWalk {
  constructor(states) { this.states = states; this.next = 0; this.now = { sharers: [], waiting: [] }; }

  /** What it looks like once a step has been made; steps come in ascending order. */
  to(step) {
    const { now } = this;
    const drop = (list, gone) => { for (const task of gone || []) { const at = list.indexOf(task); if (at >= 0) list.splice(at, 1); } };
    for (; this.next < this.states.length && this.states[this.next].after <= step + 1; this.next++) {
      const state = this.states[this.next];
      now.owner = state.owner;
      drop(now.sharers, state.gave); now.sharers.push(...(state.took || []));
      drop(now.waiting, state.left); now.waiting.push(...(state.arrived || []));
    }
    return now;
  }
}

class Model {
  constructor(data) {
    Object.assign(this, data);
    this.count = this.steps.length;
    for (const step of this.steps) step.category = CATEGORY_OF.get(step.op) || 'other';
    this.stepsOf = this.tasks.map(() => []);
    this.steps.forEach((step, at) => this.stepsOf[step.task].push(at));
    this.preemptions = [];
    this.steps.forEach((step, at) => step.preempted && this.preemptions.push(at));
    this.objectsUsedBy = this.tasks.map(() => new Set());
    this.usesOf = this.objects.map(() => []);
    this.steps.forEach((step, at) => {
      if (step.object === undefined) return;
      this.objectsUsedBy[step.task].add(step.object);
      this.usesOf[step.object].push(at);
    });
    this.statesOf = this.objects.map(() => []);
    for (const state of this.object_states) this.statesOf[state.object].push(state);
    this.traffic = this.objects.map(() => ({ sends: [], receives: [] }));
    this.steps.forEach((step, at) => {
      if (step.object === undefined) return;
      if (SENDS.has(step.op)) this.traffic[step.object].sends.push(at);
      if (RECEIVES.has(step.op)) this.traffic[step.object].receives.push(at);
    });
    this.lives = this.tasks.map(() => []);
    for (const state of this.task_states) this.lives[state.task].push(state);
    this.failed = new Set(this.end.task == null ? [] : [this.end.task]);
    if (this.end.kind === 'deadlock') {
      const waits = this.positions.filter((position) => position.state === 'waits').map((position) => position.task);
      for (const task of this.cycle.length ? this.cycle : waits) this.failed.add(task);
    }
    this.arrows = this.causes();
    this.arrowsAt = new Map();
    for (const arrow of this.arrows) {
      for (const end of [arrow.from, arrow.to]) {
        if (!this.arrowsAt.has(end)) this.arrowsAt.set(end, []);
        this.arrowsAt.get(end).push(arrow);
      }
    }
  }

  /** Which step made which other possible: spawn, wake-up, a lock given back and taken. */
  causes() {
    const arrows = [];
    const nextOf = (task, from) => {
      const steps = this.stepsOf[task];
      let low = 0, high = steps.length;
      while (low < high) { const middle = (low + high) >> 1; if (steps[middle] < from) low = middle + 1; else high = middle; }
      return steps[low];
    };
    const add = (kind, from, to) => {
      if (from >= 0 && to !== undefined && this.steps[from].task !== this.steps[to].task) arrows.push({ kind, from, to });
    };
    const released = new Map(), sent = new Map();
    const goesOn = (task, at) => {
      const life = this.lives[task];
      let low = 0, high = life.length;
      while (low < high) { const middle = (low + high) >> 1; if (life[middle].after <= at) low = middle + 1; else high = middle; }
      return low === life.length || life[low].after > at + 1 || life[low].state !== 'waits';
    };
    const walks = new Map();
    // Whether a step that takes a lock has got it, as far as is known who has it.
    const hasTaken = (step, at) => {
      if (!this.statesOf[step.object].length) return true;
      if (!walks.has(step.object)) walks.set(step.object, new ObjectWalk(this.statesOf[step.object]));
      const now = walks.get(step.object).to(at);
      return now.owner === step.task || now.sharers.includes(step.task);
    };
    this.steps.forEach((step, at) => {
      const object = step.object;
      if (step.op === 'spawn' && object !== undefined && this.objects[object].task !== undefined) {
        add('spawn', at, this.stepsOf[this.objects[object].task][0]);
      }
      if (object === undefined) return;
      if (TAKES.has(step.op) && released.has(object) && hasTaken(step, at)) add('unlock', released.get(object), at);
      if (GIVES.has(step.op)) released.set(object, at);
      // What is sent first is received first. Who waits for it is woken by it, and takes it without a further step.
      if (/^(mpsc|oneshot|inbox) /.test(this.objectName(object))) {
        if (!sent.has(object)) sent.set(object, { inside: [], waiting: 0 });
        const channel = sent.get(object);
        if (SENDS.has(step.op)) {
          if (channel.waiting) channel.waiting--; else channel.inside.push(at);
        } else if (RECEIVES.has(step.op)) {
          if (!goesOn(step.task, at)) channel.waiting++;
          else if (channel.inside.length) add('send', channel.inside.shift(), at);
        }
      }
    });
    for (const wake of this.wakes) add('wake', wake.after - 1, nextOf(wake.task, wake.after));
    const seen = new Set();
    return arrows.filter(({ from, to }) => { const key = `${from}:${to}`; if (seen.has(key)) return false; seen.add(key); return true; });
  }

  taskName(task) { return this.tasks[task].name; }
  objectName(object) { return object === undefined ? '' : this.objects[object].name; }
  words(step) {
    if (step.text) return step.text;
    if (step.op === 'choose') return `choose ${step.index || 0} of ${step.alternatives}`;
    return step.object === undefined ? step.op : `${step.op} ${this.objectName(step.object)}`;
  }
  placeName(place) {
    if (place === undefined || place === null) return '';
    const { file, line } = this.places[place];
    const parts = this.files[file].path.split('/');
    return `${parts.length > 4 ? `…/${parts.slice(-3).join('/')}` : parts.join('/')}:${line}`;
  }
  shortPlace(place) { return this.placeName(place).split('/').pop(); }
  line(place) {
    if (place === undefined || place === null) return '';
    const { file, line } = this.places[place];
    const run = this.files[file].runs.find((run) => line >= run.first && line < run.first + run.lines.length);
    return run ? run.lines[line - run.first] : '';
  }

  /** From which step to which who held an object, and somebody waited at it; computed when it is first seen. */
  holdsOf(object) {
    this.holds ||= new Map();
    if (!this.holds.has(object)) {
      const states = this.statesOf[object], walk = new ObjectWalk(states), held = [], waited = [];
      const extend = (spans, at, said) => {
        const last = spans[spans.length - 1];
        if (last && last.to === this.count) { if (last.said === said) return; last.to = at; }
        if (said) spans.push({ from: at, to: this.count, said });
      };
      for (const { after } of states) {
        const now = walk.to(after - 1), tasks = [...new Set([...(now.owner == null ? [] : [now.owner]), ...now.sharers])];
        extend(held, after, tasks.map((task) => this.taskName(task)).join(', '));
        extend(waited, after, now.waiting.length ? 'waited for' : '');
      }
      const last = (spans) => spans.filter((span) => span.to > span.from);
      this.holds.set(object, { held: last(held), waited: last(waited) });
    }
    return this.holds.get(object);
  }

  /** What an object looks like once a step has been made. */
  objectAt(object, step) {
    return new ObjectWalk(this.statesOf[object]).to(step);
  }

  /** Whether a task runs, can run, waits, … once a step has been made. */
  taskAt(task, step) {
    if (this.steps[step] && this.steps[step].task === task) return step === this.count - 1 && this.failed.has(task) ? 'failed' : 'runs';
    let now = 'unborn';
    const life = this.lives[task];
    let low = 0, high = life.length;
    while (low < high) { const middle = (low + high) >> 1; if (life[middle].after <= step + 1) low = middle + 1; else high = middle; }
    if (low) now = life[low - 1].state;
    if (step === this.count - 1 && this.failed.has(task)) return 'failed';
    return now;
  }
}
