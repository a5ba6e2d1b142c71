// The other views: the steps as a list, actors, the schedule before and after shrinking, the report in words.

/** A list of any length of which only what can be seen is in the document. */
class StepList {
  constructor(model, app) {
    this.model = model; this.app = app; this.box = $('steps'); this.height = 22;
    this.spacer = make('div');
    this.isTimed = model.steps.some((step) => step.time);
    this.box.classList.toggle('timed', this.isTimed);
    this.box.append(this.spacer);
    this.box.addEventListener('scroll', () => this.draw());
    new ResizeObserver(() => this.draw()).observe(this.box);
  }

  refresh() {
    this.shown = [];
    this.model.steps.forEach((step, at) => { if (!this.app.isDimmed(step)) this.shown.push(at); });
    this.spacer.style.height = `${this.shown.length * this.height}px`;
    this.draw();
  }

  reveal() {
    const row = this.shown.indexOf(this.app.cursor), top = row * this.height;
    if (row >= 0 && (top < this.box.scrollTop || top + this.height > this.box.scrollTop + this.box.clientHeight)) this.box.scrollTop = top - this.box.clientHeight / 2;
    this.draw();
  }

  draw() {
    if (!this.shown || !this.box.clientHeight) return;
    const { model, app } = this, first = Math.max(0, Math.floor(this.box.scrollTop / this.height) - 5), last = Math.min(this.shown.length, first + Math.ceil(this.box.clientHeight / this.height) + 10);
    const rows = [];
    for (let row = first; row < last; row++) {
      const at = this.shown[row], step = model.steps[at], same = row > 0 && model.steps[this.shown[row - 1]].task === step.task;
      const element = make('div', { class: `row${at === app.cursor ? ' now' : ''}${step.preempted ? ' preempts' : ''}`, role: 'option', id: `row-${at}`, 'aria-selected': String(at === app.cursor), 'aria-posinset': row + 1, 'aria-setsize': this.shown.length, onclick: () => app.go(at, { keep: true }) },
        make('span', { class: 'soft', text: at + 1 }), ...(this.isTimed ? [make('span', { class: 'soft', text: step.time ? duration(step.time) : '' })] : []),
        make('span', { text: same ? '' : model.taskName(step.task) }), make('span', { text: model.words(step) }),
        make('span', { class: 'soft', style: 'text-align:left', text: model.shortPlace(step.place), title: model.placeName(step.place) }), make('span', { text: model.line(step.place).trim() }));
      element.style.top = `${row * this.height}px`;
      rows.push(element);
    }
    this.box.replaceChildren(this.spacer, ...rows);
    this.box.setAttribute('aria-activedescendant', `row-${app.cursor}`);
  }
}

/** At most so many events of an actor are listed. */
const EVENTS = 12;

/** Runs of one task each. */
function blocks(decisions) {
  const found = [];
  for (const [task, op] of decisions) {
    const last = found[found.length - 1];
    if (last && last.task === task) { last.count++; last.last = op; } else found.push({ task, count: 1, first: op, last: op });
  }
  return found;
}

function showSchedule(model) {
  const box = $('view-schedule');
  const now = model.steps.filter((step) => step.alternatives > 1).map((step) => [model.taskName(step.task), model.words(step)]);
  const names = [...new Set([...model.shrunk.original, ...now].map(([task]) => task))];
  const tint = (task) => `hsl(${(names.indexOf(task) * 137.5 + 225) % 360} 42% 58%)`;
  const column = (title, decisions) => {
    const runs = blocks(decisions);
    const strip = make('div', { class: 'strip', role: 'img', 'aria-label': `${runs.length} runs of one task each` },
      ...runs.slice(0, 2000).map((run) => make('i', { style: `flex:${run.count};background:${tint(run.task)}`, title: `${run.task}: ${run.count}` })));
    return make('div', {}, make('h2', { text: `${title}: ${decisions.length} decisions, ${Math.max(0, runs.length - 1)} switches` }), strip,
      make('ol', {}, ...runs.slice(0, 400).map((run) => make('li', { style: `--tint:${tint(run.task)}` }, make('strong', { text: run.task }), make('span', { class: 'mono', text: run.count > 1 ? `${run.first} … ${run.last}` : run.first }), make('span', { class: 'count', text: run.count })))),
      runs.length > 400 ? make('p', { class: 'soft', text: `and ${runs.length - 400} more runs` }) : '');
  };
  const { preemptions_before: before, executions } = model.shrunk;
  box.replaceChildren(make('p', { text: `Shrunk from ${before} preemptions to ${model.preemptions.length}, in ${executions} executions. Each line is a run of one task.` }),
    make('div', { class: 'schedules' }, column('As found', model.shrunk.original), column('Shrunk', now)));
}

/** The last things that an actor has done with events, each a way to the step. */
function actorEvents(model, actor, at) {
  const done = (actor.events || []).filter((event) => event.after <= at + 1), shown = done.slice(-EVENTS);
  const items = shown.map((event) => {
    const where = event.did === 'enters' || !event.state ? '' : ` in ${event.state}`, to = event.to ? ` to ${event.to}` : '';
    const step = Math.max(0, Math.min(model.count - 1, event.after - 1));
    return make('li', {}, make('button', { class: 'link', type: 'button', text: String(step + 1), 'aria-label': `Step ${step + 1}`, onclick: () => window.app.go(step) }), make('span', { text: `${event.did} ${event.event}${to}` }), make('span', { class: 'soft', text: where }));
  });
  return items.length ? make('ol', { class: 'events' }, ...(done.length > shown.length ? [make('li', { class: 'soft', text: `${done.length - shown.length} before these` })] : []), ...items) : '';
}

function showActors(model, at) {
  $('view-actors').replaceChildren(make('div', { class: 'actors' }, ...model.actors.map((actor) => {
    let now = {};
    for (const state of actor.states) { if (state.after > at + 1) break; now = state; }
    return make('article', { class: `actor${now.is_hot ? ' hot' : ''}`, 'data-actor': actor.name },
      make('h3', { text: actor.name }), make('div', { class: 'soft', text: `${actor.kind}${now.state ? `, in ${now.state}` : ''}${now.is_hot ? ' (hot)' : ''}` }),
      make('div', {}, now.handles ? `handles ${now.handles}` : actor.kind === 'monitor' ? '' : 'handles nothing'),
      actor.kind === 'monitor' ? '' : make('div', { class: 'inbox', 'aria-label': 'Inbox' }, make('b', { text: `inbox ${(now.inbox || []).length}` }), ...(now.inbox || []).slice(0, EVENTS).map((event) => make('span', { text: event }))),
      actorEvents(model, actor, at));
  })));
}
