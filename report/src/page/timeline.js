// The swim lanes: one row per task, one column per step, drawn as far as they can be seen.

class Timeline {
  constructor(model, app) {
    this.model = model; this.app = app;
    this.canvas = $('canvas'); this.context = this.canvas.getContext('2d');
    this.row = 26; this.thin = 26; this.gap = 30; this.top = 34; this.left = 0; this.cell = 30; this.x = 0; this.y = 0;
    this.canvas.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.canvas.addEventListener('pointerdown', (event) => this.press(event));
    this.canvas.addEventListener('pointermove', (event) => this.hover(event));
    new ResizeObserver(() => { this.resize(); }).observe($('lanes'));
  }

  get rows() { return this.app.rows; }
  get objects() { return this.app.objectRows; }
  /** Where the lanes of objects begin, below those of tasks. */
  get objectsTop() { return this.rows.length * this.row + this.gap; }
  get depth() { return this.objects.length ? this.objectsTop + this.objects.length * this.thin + 12 : this.rows.length * this.row + 12; }
  get width() { return this.canvas.clientWidth - this.left; }
  get height() { return this.canvas.clientHeight - this.top; }

  resize() {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.canvas.clientWidth * ratio);
    this.canvas.height = Math.round(this.canvas.clientHeight * ratio);
    this.ratio = ratio;
    this.measure();
    if (!this.fitted && this.width > 0) { this.fitted = true; this.fit(Math.max(14, Math.min(92, this.width / (this.model.count + 1)))); this.reveal(); }
    this.draw();
  }

  measure() {
    this.context.font = this.font(12);
    let widest = 40;
    for (const task of this.rows) widest = Math.max(widest, this.context.measureText(this.model.taskName(task)).width);
    for (const object of this.objects) widest = Math.max(widest, this.context.measureText(this.model.objectName(object)).width);
    this.row = Math.round(Math.max(24, Math.min(44, this.canvas.clientHeight * 0.5 / Math.max(1, this.rows.length))));
    this.left = Math.min(230, Math.ceil(widest) + 40);
  }

  font(size, weight = 400) { return `${weight} ${size}px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif`; }
  fit(cell) { this.cell = Math.max(0.02, Math.min(160, cell)); this.clamp(); }
  fitAll() { this.x = 0; this.fit(this.width / (this.model.count + 1)); this.draw(); }
  zoom(factor, at = this.columnX(this.app.cursor) - this.left) {
    const column = (at + this.x) / this.cell;
    this.fit(Math.max(Math.min(this.cell * factor, 160), Math.min(4, this.width / (this.model.count + 1))));
    this.x = column * this.cell - at;
    this.clamp(); this.draw();
  }
  clamp() {
    this.x = Math.max(0, Math.min(this.x, (this.model.count + 1) * this.cell - this.width));
    this.y = Math.max(0, Math.min(this.y, this.depth - this.height));
  }
  columnX(step) { return this.left + step * this.cell - this.x; }

  /** Scrolls so that the cursor can be seen. */
  reveal() {
    const column = this.app.cursor * this.cell, margin = Math.min(120, this.width / 4);
    if (column < this.x + margin) this.x = column - margin;
    if (column > this.x + this.width - margin) this.x = column - this.width + margin;
    const row = this.rows.indexOf(this.model.steps[this.app.cursor] && this.model.steps[this.app.cursor].task);
    if (row >= 0) {
      const at = row * this.row;
      if (at < this.y) this.y = at;
      if (at + this.row > this.y + this.height) this.y = at + this.row - this.height;
    }
    this.clamp();
  }

  wheel(event) {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { this.zoom(Math.exp(-event.deltaY / 300), Math.max(0, event.offsetX - this.left)); return; }
    if (event.shiftKey) this.x += event.deltaY; else { this.x += event.deltaX; this.y += event.deltaY; }
    this.clamp(); this.draw();
  }
  press(event) {
    if (event.offsetX < this.left) {
      const name = this.nameAt(event.offsetY);
      if (name) this.app.setFilter(this.app.filter === name ? '' : name);
      return;
    }
    const step = Math.floor((event.offsetX - this.left + this.x) / this.cell);
    this.app.go(Math.max(0, Math.min(this.model.count - 1, step)), { keep: true });
  }
  /** The task or object whose lane is there. */
  nameAt(offset) {
    const y = offset - this.top + this.y, task = this.rows[Math.floor(y / this.row)], object = this.objects[Math.floor((y - this.objectsTop) / this.thin)];
    if (offset < this.top) return '';
    return task !== undefined ? this.model.taskName(task) : object !== undefined ? this.model.objectName(object) : '';
  }
  hover(event) {
    const step = this.model.steps[Math.floor((event.offsetX - this.left + this.x) / this.cell)];
    this.canvas.title = event.offsetX > this.left && step
      ? `${this.model.taskName(step.task)}: ${this.model.words(step)}\n${this.model.placeName(step.place)}` : '';
  }

  draw() {
    if (!this.ratio || this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => { this.pending = false; this.paint(); });
  }

  paint() {
    const { context: c, model, app } = this;
    if (!this.inks) {
      const style = getComputedStyle(document.documentElement);
      this.inks = Object.fromEntries(['back', 'raised', 'line', 'faint', 'ink', 'soft', 'accent', 'accent-soft', 'bad', 'waits', ...Object.keys(CATEGORIES)].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    }
    const { inks } = this;
    const width = this.canvas.clientWidth, height = this.canvas.clientHeight;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.fillStyle = inks.back; c.fillRect(0, 0, width, height);
    const firstRow = Math.max(0, Math.floor(this.y / this.row)), lastRow = Math.min(this.rows.length, Math.ceil((this.y + this.height) / this.row));
    const first = Math.max(0, Math.floor(this.x / this.cell)), last = Math.min(model.count, Math.ceil((this.x + this.width) / this.cell) + 1);
    const rowY = (row) => this.top + row * this.row - this.y;
    this.rowOf = new Map(this.rows.map((task, row) => [task, row]));

    c.save(); c.beginPath(); c.rect(this.left, this.top, this.width, this.height); c.clip();
    if (app.cursor >= first && app.cursor <= last) { c.fillStyle = inks['accent-soft']; c.fillRect(this.columnX(app.cursor), this.top, Math.max(this.cell, 2), this.height); }
    for (let row = firstRow; row < lastRow; row++) this.paintLife(this.rows[row], rowY(row), first, last, inks);
    this.paintSteps(first, last, rowY, inks);
    const objectY = (row) => this.top + this.objectsTop + row * this.thin - this.y;
    const firstObject = Math.max(0, Math.floor((this.y - this.objectsTop) / this.thin)), lastObject = Math.min(this.objects.length, Math.ceil((this.y + this.height - this.objectsTop) / this.thin));
    for (let row = firstObject; row < lastObject; row++) this.paintObject(this.objects[row], objectY(row), first, last, inks);
    this.paintArrows(first, last, rowY, inks);
    this.paintEnd(rowY, inks);
    c.restore();
    this.paintRuler(first, last, inks);
    this.paintLabels(firstRow, lastRow, rowY, inks);
    this.paintObjectLabels(firstObject, lastObject, objectY, inks);
  }

  /** The lane of an object: who holds it, whether others wait, and each use. */
  paintObject(object, y, first, last, inks) {
    const { context: c, model, app } = this, middle = y + this.thin / 2;
    c.strokeStyle = inks.faint; c.lineWidth = 1;
    c.beginPath(); c.moveTo(this.left, y + this.thin - 0.5); c.lineTo(this.left + this.width, y + this.thin - 0.5); c.stroke();
    c.textBaseline = 'middle';
    // From the step on that took it.
    const { held, waited } = model.holdsOf(object);
    const ends = (span) => { const from = this.columnX(span.from - 1) + 2; return [from, Math.max(2, this.columnX(span.to) - 2 - from)]; };
    const isSeen = (span) => span.to >= first && span.from <= last;
    for (const span of held.filter(isSeen)) {
      const [x, width] = ends(span), from = Math.max(x, this.left) + 7;
      c.globalAlpha = 0.2; c.fillStyle = inks.lock; c.beginPath(); c.roundRect(x, y + 3, width, this.thin - 6, 4); c.fill(); c.globalAlpha = 1;
      c.font = this.font(11);
      if (c.measureText(span.said).width + 7 < x + width - from) { c.fillStyle = inks.ink; c.fillText(span.said, from, middle - 2); }
    }
    c.strokeStyle = inks.lock; c.lineWidth = 1; c.setLineDash([3, 3]);
    for (const span of waited.filter(isSeen)) { const [x, width] = ends(span); c.strokeRect(x + 0.5, y + 3.5, width, this.thin - 7); }
    c.setLineDash([]);
    const uses = model.usesOf[object];
    let low = 0, high = uses.length;
    while (low < high) { const at = (low + high) >> 1; if (uses[at] < first) low = at + 1; else high = at; }
    let lastX = -9;
    for (; low < uses.length && uses[low] < last; low++) {
      const step = model.steps[uses[low]], x = this.columnX(uses[low]) + Math.min(this.cell, 160) / 2;
      if (x - lastX < 2) continue;
      lastX = x;
      c.globalAlpha = app.isDimmed(step) ? 0.22 : 1;
      c.fillStyle = inks[step.category]; c.beginPath(); c.arc(x, held.length ? y + this.thin - 7 : middle, Math.max(1.2, Math.min(3, this.cell / 4)), 0, 7); c.fill();
      c.globalAlpha = 1;
    }
  }

  paintObjectLabels(first, last, objectY, inks) {
    const { context: c, model } = this;
    if (!this.objects.length) return;
    c.save(); c.beginPath(); c.rect(0, this.top, this.left - 6, this.height); c.clip();
    c.textBaseline = 'middle'; c.font = this.font(11); c.fillStyle = inks.soft;
    c.fillText('objects', 12, this.top + this.objectsTop - this.y - 11);
    c.font = this.font(12); c.fillStyle = inks.ink;
    for (let row = first; row < last; row++) c.fillText(model.objectName(this.objects[row]), 12, objectY(row) + this.thin / 2 + 0.5);
    c.restore();
  }

  /** The line of a task's life: solid while it can go on, broken while it waits. */
  paintLife(task, y, first, last, inks) {
    const { context: c, model } = this, middle = y + this.row / 2, life = model.lives[task];
    let from = null, state = null;
    const stretch = (to) => {
      if (from === null || to < first || from > last) return;
      const a = this.columnX(Math.max(from, first - 1)), b = this.columnX(Math.min(to, last + 1));
      if (state === 'waits') { c.strokeStyle = inks.waits; c.setLineDash([2, 4]); } else { c.strokeStyle = inks.waits; c.setLineDash([]); }
      c.lineWidth = state === 'waits' ? 1.5 : 2;
      c.beginPath(); c.moveTo(a, middle); c.lineTo(b, middle); c.stroke();
    };
    for (const change of life) {
      stretch(change.after);
      state = change.state; from = state === 'ended' ? null : change.after;
    }
    stretch(model.count);
    c.setLineDash([]);
    c.strokeStyle = inks.faint; c.lineWidth = 1;
    c.beginPath(); c.moveTo(this.left, y + this.row - 0.5); c.lineTo(this.left + this.width, y + this.row - 0.5); c.stroke();
  }

  paintSteps(first, last, rowY, inks) {
    const { context: c, model, app } = this, cell = this.cell, pad = cell > 8 ? 1.5 : 0;
    const columns = Math.max(1, Math.floor(1 / cell));
    c.font = this.font(11, 600);
    for (let at = first; at < last; at += columns) {
      const step = model.steps[at], row = this.rowOf.get(step.task);
      if (step.preempted && this.rowOf.has(step.preempted.task)) {
        const y = rowY(this.rowOf.get(step.preempted.task));
        c.fillStyle = inks.bad;
        const x = this.columnX(at);
        c.beginPath(); c.moveTo(x, y + 5); c.lineTo(x + Math.max(4, Math.min(8, cell / 2)), y + this.row / 2); c.lineTo(x, y + this.row - 5); c.closePath(); c.fill();
      }
      if (row === undefined) continue;
      const x = this.columnX(at), y = rowY(row);
      if (y + this.row < this.top || y > this.top + this.height) continue;
      c.globalAlpha = app.isDimmed(step) ? 0.22 : 1;
      const quiet = step.op === 'start' || step.op === 'resume' || step.category === 'other';
      c.fillStyle = inks[step.category];
      const inset = quiet ? this.row / 2 - 3 : Math.max(4, Math.round(this.row / 6));
      const w = Math.max(cell * columns - 2 * pad, 1), h = this.row - 2 * inset;
      if (cell > 10) { c.beginPath(); c.roundRect(x + pad, y + inset, w, h, 3); c.fill(); } else c.fillRect(x + pad, y + inset, w, h);
      if (at === app.cursor) { c.strokeStyle = inks.ink; c.lineWidth = 2; c.beginPath(); c.roundRect(x + pad, y + inset, w, h, 3); c.stroke(); }
      if (cell >= 30 && !quiet && c.measureText(step.op).width + 6 < cell) {
        c.fillStyle = inks.raised; c.save(); c.beginPath(); c.rect(x + 3, y, cell - 6, this.row); c.clip();
        c.textBaseline = 'middle';
        c.fillText(step.op, x + 4, y + this.row / 2 + 0.5); c.restore();
      }
      c.globalAlpha = 1;
    }
  }

  paintArrows(first, last, rowY, inks) {
    const { context: c, model, app } = this;
    const here = new Set(model.arrowsAt.get(app.cursor) || []);
    // Only those that can be seen from end to end; of the cursor's, all.
    const seen = model.arrows.filter((arrow) => here.has(arrow) || (arrow.from >= first && arrow.to <= last));
    const drawn = seen.length > 160 ? [...here] : seen;
    for (const arrow of drawn) {
      const a = this.rowOf.get(model.steps[arrow.from].task), b = this.rowOf.get(model.steps[arrow.to].task);
      if (a === undefined || b === undefined) continue;
      const strong = here.has(arrow);
      const x1 = this.columnX(arrow.from) + this.cell * 0.72, y1 = rowY(a) + this.row / 2 + (b > a ? 1 : -1) * (this.row / 3 - 1);
      const x2 = this.columnX(arrow.to) + Math.min(this.cell / 2, 12), y2 = rowY(b) + this.row / 2 + (b > a ? -1 : 1) * (this.row / 3);
      const bend = Math.min(36, Math.abs(y2 - y1) * 0.6);
      c.strokeStyle = strong ? inks.accent : inks.soft; c.fillStyle = c.strokeStyle;
      c.globalAlpha = strong ? 1 : 0.34; c.lineWidth = strong ? 2 : 1;
      c.setLineDash(arrow.kind === 'wake' ? [4, 3] : []);
      const sign = b > a ? 1 : -1;
      c.beginPath(); c.moveTo(x1, y1); c.bezierCurveTo(x1, y1 + sign * bend, x2, y2 - sign * bend, x2, y2); c.stroke();
      c.setLineDash([]);
      c.beginPath(); c.moveTo(x2, y2 + sign * 2); c.lineTo(x2 - 3.5, y2 - sign * 4); c.lineTo(x2 + 3.5, y2 - sign * 4); c.closePath(); c.fill();
      c.globalAlpha = 1;
    }
  }

  /** How the execution ended, after the last column. */
  paintEnd(rowY, inks) {
    const { context: c, model } = this, end = this.columnX(model.count);
    c.strokeStyle = inks.bad; c.lineWidth = 1.5; c.setLineDash([3, 3]);
    c.beginPath(); c.moveTo(end + 0.5, this.top); c.lineTo(end + 0.5, this.top + Math.min(this.height, this.rows.length * this.row - this.y)); c.stroke(); c.setLineDash([]);
    const panicked = new Set(model.panics.map((panic) => panic.task));
    for (const task of new Set([...model.failed, ...panicked])) {
      const row = this.rowOf.get(task), steps = model.stepsOf[task];
      if (row === undefined) continue;
      // A panic comes after the task's last step; who waits does so until the end.
      const x = this.columnX(panicked.has(task) && steps.length ? steps[steps.length - 1] + 1 : model.count), y = rowY(row) + this.row / 2;
      if (x < this.left - 7 || x > this.left + this.width + 7) continue;
      c.fillStyle = inks.bad; c.beginPath(); c.arc(x, y, 7, 0, 7); c.fill();
      c.strokeStyle = inks.raised; c.lineWidth = 2;
      c.beginPath(); c.moveTo(x - 3, y - 3); c.lineTo(x + 3, y + 3); c.moveTo(x + 3, y - 3); c.lineTo(x - 3, y + 3); c.stroke();
    }
  }

  paintRuler(first, last, inks) {
    const { context: c, model, app } = this, width = this.canvas.clientWidth;
    c.fillStyle = inks.raised; c.fillRect(0, 0, width, this.top);
    c.strokeStyle = inks.line; c.lineWidth = 1; c.beginPath(); c.moveTo(0, this.top - 0.5); c.lineTo(width, this.top - 0.5); c.stroke();
    c.save(); c.beginPath(); c.rect(this.left, 0, this.width, this.top); c.clip();
    c.textBaseline = 'middle';
    const unit = 10 ** Math.ceil(Math.log10(Math.max(1, 46 / this.cell)));
    const every = [unit / 5, unit / 2, unit].find((n) => n >= 1 && n * this.cell >= 46) || unit;
    for (let at = Math.floor(first / every) * every; at <= last && at < model.count; at += every) {
      const shown = Math.max(at, 1) - (at ? 1 : 1);
      c.fillStyle = inks.soft; c.font = this.font(11);
      c.fillText(String(shown + 1), this.columnX(shown) + 2, 11);
    }
    let label = -Infinity;
    for (let at = Math.max(1, first); at < last; at++) {
      const time = model.steps[at].time || 0;
      if (time === (model.steps[at - 1].time || 0)) continue;
      const x = this.columnX(at);
      c.fillStyle = inks.time; c.fillRect(x, 20, 1.5, 14);
      if (x > label) { c.font = this.font(11, 600); const text = duration(time); c.fillText(text, x + 5, 26); label = x + 16 + c.measureText(text).width; }
    }
    const x = this.columnX(app.cursor);
    c.fillStyle = inks.accent; c.fillRect(x, this.top - 4, Math.max(this.cell, 3), 4);
    c.restore();
  }

  paintLabels(firstRow, lastRow, rowY, inks) {
    const { context: c, model, app } = this;
    c.fillStyle = inks.raised; c.fillRect(0, this.top, this.left, this.height);
    c.strokeStyle = inks.line; c.lineWidth = 1; c.beginPath(); c.moveTo(this.left - 0.5, 0); c.lineTo(this.left - 0.5, this.top + this.height); c.stroke();
    c.save(); c.beginPath(); c.rect(0, this.top, this.left - 6, this.height); c.clip();
    const dots = { runs: inks.accent, ready: inks.task, waits: inks.lock, failed: inks.bad };
    for (let row = firstRow; row < lastRow; row++) {
      const task = this.rows[row], state = model.taskAt(task, app.cursor), y = rowY(row) + this.row / 2;
      c.beginPath(); c.arc(16, y, 4, 0, 7);
      if (dots[state]) { c.fillStyle = dots[state]; c.fill(); } else { c.strokeStyle = inks.waits; c.lineWidth = 1.5; c.stroke(); }
      c.font = this.font(12, state === 'runs' || state === 'failed' ? 620 : 400); c.textBaseline = 'middle';
      c.fillStyle = state === 'unborn' || state === 'ended' ? inks.soft : inks.ink;
      c.fillText(model.taskName(task), 28, y + 0.5);
    }
    c.restore();
    c.fillStyle = inks.soft; c.font = this.font(11); c.fillText('step', 12, 11); c.fillText('virtual time', 12, 26);
  }
}
