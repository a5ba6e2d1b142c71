// Puts it together: cursor, filter, views, keys, and the address that leads back to all of them.

class App {
  constructor() {
    const start = performance.now(), laps = {}, lap = (name) => { laps[name] = Math.round(performance.now() - start); };
    this.model = new Model(JSON.parse($('data').textContent));
    lap('model');
    this.cursor = this.initialCursor(); this.filter = ''; this.view = 'timeline';
    this.rows = this.allRows(); this.objectRows = this.allObjects();
    this.heading();
    this.panel = new Panel(this.model, this); this.timeline = new Timeline(this.model, this); this.list = new StepList(this.model, this);
    this.views = [['timeline', 'Timeline'], ['steps', 'Steps']];
    if (this.model.actors.length) this.views.push(['actors', 'Actors']);
    if (this.model.shrunk && this.model.shrunk.original.length) { this.views.push(['schedule', 'Shrunk']); showSchedule(this.model); }
    this.views.push(['report', 'Report']);
    $('report').textContent = JSON.parse($('words').textContent);
    this.controls();
    lap('controls');
    this.fromAddress();
    lap('shown');
    window.addEventListener('hashchange', () => this.fromAddress());
    this.laps = laps;
    requestAnimationFrame(() => { document.documentElement.dataset.ready = Math.round(performance.now()); document.documentElement.dataset.built = Math.round(performance.now() - start); });
  }

  /** The last preemption, where things begin to go wrong; or else the last step. */
  initialCursor() { const { preemptions, count } = this.model; return preemptions.length ? preemptions[preemptions.length - 1] : Math.max(0, count - 1); }
  allRows() { return this.model.tasks.map((_, task) => task).filter((task) => task > 0 || this.model.stepsOf[0].length); }

  /** Objects that several use, or that somebody waits for; or else all. */
  allObjects() {
    const { model } = this, all = model.objects.map((_, object) => object).filter((object) => model.objects[object].task === undefined && model.usesOf[object].length);
    const shared = all.filter((object) => new Set(model.usesOf[object].map((at) => model.steps[at].task)).size > 1 || model.statesOf[object].some((state) => state.arrived));
    return shared.length ? shared : all;
  }

  heading() {
    const { model } = this;
    $('kind').textContent = model.end.kind; const [first, ...rest] = model.end.message.split('\n');
    $('message').textContent = first; $('more').textContent = rest.join('\n'); $('more').hidden = !rest.length; $('test').textContent = model.test;
    const time = model.count ? model.steps[model.count - 1].time || 0 : 0;
    const many = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`;
    const facts = [many(model.count, 'step'), many(model.tasks.length - 1, 'task'), many(model.preemptions.length, 'preemption'), time ? `${duration(time)} of virtual time` : '', `strategy ${model.search.strategy}, seed ${model.search.seed}, iteration ${model.search.iteration}`];
    $('facts').textContent = facts.filter(Boolean).join('  ·  ');
    const used = new Set(model.steps.map((step) => step.category));
    $('legend').replaceChildren(...Object.entries(CATEGORIES).filter(([name]) => name !== 'other' && used.has(name)).map(([name, [title]]) => make('span', {}, make('i', { style: `background:var(--${name})` }), title)));
    const names = [...model.tasks.slice(1), ...model.objects.filter((object) => object.task === undefined)].map((each) => each.name);
    $('names').replaceChildren(...names.slice(0, 500).map((name) => make('option', { value: name })));
  }

  controls() {
    const { model } = this;
    $('tabs').replaceChildren(...this.views.map(([name, title]) => make('button', { role: 'tab', type: 'button', id: `tab-${name}`, 'aria-controls': `view-${name}`, text: title, onclick: () => this.setView(name) })));
    const on = (id, act) => $(id).addEventListener('click', act);
    on('first', () => this.go(0)); on('last', () => this.go(model.count - 1)); on('previous', () => this.go(this.cursor - 1)); on('next', () => this.go(this.cursor + 1));
    on('preemption', () => this.preemption(1)); on('in', () => this.timeline.zoom(1.5)); on('out', () => this.timeline.zoom(1 / 1.5)); on('fit', () => this.timeline.fitAll());
    on('theme', () => this.toggleTheme()); on('keys', () => $('help').showModal());
    $('preemption').disabled = !model.preemptions.length;
    $('scrub').max = Math.max(0, model.count - 1);
    $('scrub').addEventListener('input', () => this.go(+$('scrub').value));
    $('filter').addEventListener('input', () => this.setFilter($('filter').value));
    document.addEventListener('keydown', (event) => this.key(event));
    const dark = matchMedia('(prefers-color-scheme: dark)');
    this.setTheme(dark.matches ? 'dark' : 'light');
    dark.addEventListener('change', () => this.setTheme(dark.matches ? 'dark' : 'light'));
  }

  setTheme(theme) { document.documentElement.dataset.theme = theme; this.timeline.inks = null; this.timeline.draw(); }
  toggleTheme() { this.setTheme(document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark'); }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || $('help').open) return;
    if (event.target === $('filter')) { if (event.key === 'Escape') { this.setFilter(''); $('filter').blur(); } return; }
    const jump = event.shiftKey ? 10 : 1;
    const acts = {
      ArrowLeft: () => this.go(this.cursor - jump), ArrowRight: () => this.go(this.cursor + jump),
      ArrowUp: () => this.sameTask(-1), ArrowDown: () => this.sameTask(1),
      Home: () => this.go(0), End: () => this.go(this.model.count - 1),
      p: () => this.preemption(1), P: () => this.preemption(-1),
      '+': () => this.timeline.zoom(1.5), '=': () => this.timeline.zoom(1.5), '-': () => this.timeline.zoom(1 / 1.5), 0: () => this.timeline.fitAll(),
      '/': () => $('filter').focus(), Escape: () => this.setFilter(''), t: () => this.toggleTheme(), '?': () => $('help').showModal(),
    };
    this.views.forEach(([name], at) => { acts[at + 1] = () => this.setView(name); });
    const inside = event.target.getAttribute && event.target.getAttribute('role') === 'tab';
    if (!acts[event.key] || (event.target === $('scrub') && event.key.startsWith('Arrow'))) return;
    if (inside && event.key.startsWith('Arrow')) { this.nextTab(event.key === 'ArrowLeft' ? -1 : 1); event.preventDefault(); return; }
    event.preventDefault(); acts[event.key]();
  }

  nextTab(by) {
    const at = this.views.findIndex(([name]) => name === this.view), [name] = this.views[(at + by + this.views.length) % this.views.length];
    this.setView(name); $(`tab-${name}`).focus();
  }
  sameTask(by) {
    const step = this.model.steps[this.cursor];
    if (!step) return;
    const steps = this.model.stepsOf[step.task], next = steps[steps.indexOf(this.cursor) + by];
    if (next !== undefined) this.go(next);
  }
  preemption(by) {
    const { preemptions } = this.model;
    const next = by > 0 ? preemptions.find((at) => at > this.cursor) ?? preemptions[0] : preemptions.filter((at) => at < this.cursor).pop() ?? preemptions[preemptions.length - 1];
    if (next !== undefined) this.go(next);
  }

  go(step, { keep = false } = {}) {
    this.cursor = Math.max(0, Math.min(this.model.count - 1, step));
    if (!keep) this.timeline.reveal();
    this.show();
  }

  /** Whether a step is none of what the filter asks for. */
  isDimmed(step) {
    if (!this.filter) return false;
    return !this.matchingTasks.has(step.task) && !this.matchingObjects.has(step.object);
  }

  setFilter(text) {
    this.filter = text.trim(); $('filter').value = text;
    const { model } = this, wanted = this.filter.toLowerCase();
    const exact = (all) => all.some(({ name }) => name.toLowerCase() === wanted);
    const strict = exact(model.tasks) || exact(model.objects.filter((object) => object.task === undefined));
    const fits = (name) => strict ? name.toLowerCase() === wanted : name.toLowerCase().includes(wanted);
    this.matchingTasks = new Set(); this.matchingObjects = new Set();
    if (wanted) {
      model.tasks.forEach((task, at) => { if (fits(task.name)) this.matchingTasks.add(at); });
      model.objects.forEach((object, at) => { if (object.task === undefined && fits(object.name)) this.matchingObjects.add(at); });
    }
    // A task shows if it is asked for, or uses an object that is; with a task, whoever shares objects with it does not.
    const uses = (task) => [...model.objectsUsedBy[task]].some((object) => this.matchingObjects.has(object));
    const isUsed = (object) => [...this.matchingTasks].some((task) => model.objectsUsedBy[task].has(object));
    this.objectRows = wanted ? model.objects.map((_, object) => object).filter((object) => this.matchingObjects.has(object) || (model.objects[object].task === undefined && isUsed(object))) : this.allObjects();
    this.rows = wanted ? this.allRows().filter((task) => this.matchingTasks.has(task) || uses(task)) : this.allRows();
    this.timeline.measure(); this.timeline.clamp(); this.timeline.reveal(); this.list.refresh();
    this.show();
  }

  setView(name) {
    this.view = this.views.some(([each]) => each === name) ? name : 'timeline';
    for (const each of ['timeline', 'steps', 'actors', 'schedule', 'report']) $(`view-${each}`).hidden = each !== this.view;
    for (const [each] of this.views) { const tab = $(`tab-${each}`); tab.setAttribute('aria-selected', String(each === this.view)); tab.tabIndex = each === this.view ? 0 : -1; }
    this.show();
  }

  show() {
    const { model, cursor } = this, step = model.steps[cursor];
    this.panel.show(cursor); $('scrub').value = cursor;
    if (this.view === 'timeline') this.timeline.draw();
    if (this.view === 'steps') this.list.reveal();
    if (this.view === 'actors') showActors(model, cursor);
    if (step) $('live').textContent = `Step ${cursor + 1}: ${model.taskName(step.task)}, ${model.words(step)}`;
    this.toAddress();
  }

  toAddress() {
    const parts = [`step=${this.cursor + 1}`];
    if (this.view !== 'timeline') parts.push(`view=${this.view}`);
    if (this.filter) parts.push(`filter=${encodeURIComponent(this.filter)}`);
    const hash = `#${parts.join('&')}`;
    // Browsers slow down those who write it too often.
    clearTimeout(this.writing);
    this.writing = setTimeout(() => { if (location.hash !== hash) history.replaceState(null, '', hash); }, 120);
  }
  fromAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    if (asked.has('theme')) this.setTheme(asked.get('theme'));
    if (asked.has('step')) this.cursor = Math.max(0, Math.min(this.model.count - 1, (parseInt(asked.get('step'), 10) || 1) - 1));
    this.setFilter(asked.get('filter') || '');
    this.setView(asked.get('view') || 'timeline');
    this.timeline.reveal(); this.timeline.draw();
  }
}

window.app = new App();
