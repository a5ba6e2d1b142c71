// What can be said at the cursor: the step, its source, the objects, the tasks.

const STATES = { runs: 'runs', ready: 'can go on', waits: 'waits', ended: 'has ended', unborn: 'not yet created', failed: 'failed here' };

class Panel {
  constructor(model, app) { this.model = model; this.app = app; }

  show(at) {
    const { model } = this, step = model.steps[at];
    if (!step) { $('card').replaceChildren(make('p', { text: 'Nothing was recorded.' })); return; }
    this.card(step, at); this.source(step); this.objects(step, at); this.tasks(at);
  }

  card(step, at) {
    const { model, app } = this;
    const lines = [
      make('div', { class: 'who', text: `Step ${at + 1} of ${model.count}${step.time ? `, at ${duration(step.time)}` : ''}` }),
      make('div', { class: 'what' }, make('span', { text: model.taskName(step.task) }), ' ', make('span', { text: model.words(step) })),
    ];
    if (step.alternatives > 1 && step.op !== 'choose') lines.push(make('div', { class: 'soft', text: `${step.alternatives} tasks could have been next` }));
    if (step.preempted) {
      const held = step.preempted, before = held.object === undefined ? held.op : `${held.op} ${model.objectName(held.object)}`;
      lines.push(make('div', { class: 'note bad', text: `Preemption: ${model.taskName(held.task)} is held up before ${before}, at ${model.placeName(held.place)}` }));
    }
    for (const arrow of model.arrowsAt.get(at) || []) {
      const other = arrow.from === at ? arrow.to : arrow.from, its = model.steps[other];
      const text = { spawn: ['creates', 'created by'], wake: ['wakes', 'woken by'], send: ['is received by', 'receives from'], unlock: ['lets go on', 'after'] }[arrow.kind][arrow.from === at ? 0 : 1];
      lines.push(make('div', { class: 'soft' }, `${text} `, make('button', { class: 'link', type: 'button', text: `${model.taskName(its.task)}, step ${other + 1}`, onclick: () => app.go(other) })));
    }
    if (at === model.count - 1) lines.push(make('div', { class: 'note bad', text: model.end.message }));
    $('card').replaceChildren(...lines);
  }

  source(step) {
    const { model } = this, box = $('source');
    // In the end, where that came about.
    const index = step === model.steps[model.count - 1] && step.task === model.end.task ? model.end.place ?? step.place : step.place;
    const place = index === undefined ? undefined : model.places[index];
    const run = place && model.files[place.file].runs.find((run) => place.line >= run.first && place.line < run.first + run.lines.length);
    if (!place) { box.replaceChildren(); return; }
    const title = make('h2', { class: 'mono', text: `${model.files[place.file].path}:${place.line}:${place.column}` });
    if (!run) { box.replaceChildren(title); return; }
    const from = Math.max(run.first, place.line - 7), to = Math.min(run.first + run.lines.length - 1, place.line + 7);
    const lines = [];
    for (let number = from; number <= to; number++) {
      const text = run.lines[number - run.first], line = make('div', number === place.line ? { class: 'here' } : {}, make('b', { text: number }));
      if (number === place.line) {
        const characters = [...text], start = place.column - 1;
        let end = start;
        while (end < characters.length && /[\p{L}\p{N}_:]/u.test(characters[end])) end++;
        if (end === start) end = Math.min(start + 1, characters.length);
        line.append(characters.slice(0, start).join(''), make('mark', { text: characters.slice(start, end).join('') }), characters.slice(end).join(''));
      } else line.append(text);
      lines.push(line);
    }
    box.replaceChildren(title, make('pre', { class: 'source', tabindex: '0', 'aria-label': 'Source' }, ...lines));
  }

  objects(step, at) {
    const { model, app } = this, names = (tasks) => [...new Set(tasks)].map((task) => model.taskName(task)).join(', ');
    const rows = [];
    const wanted = model.objects.map((_, object) => object).filter((object) => model.objects[object].task === undefined);
    wanted.sort((a, b) => (b === step.object) - (a === step.object));
    for (const object of wanted) {
      const now = model.objectAt(object, at), parts = [];
      if (now.owner !== undefined && now.owner !== null) parts.push(`held by ${model.taskName(now.owner)}`);
      if (now.sharers.length) parts.push(`shared by ${names(now.sharers)}`);
      if (now.waiting.length) parts.push(`${now.waiting.length} waiting: ${names(now.waiting.slice(0, 6))}${now.waiting.length > 6 ? ', …' : ''}`);
      const { sends, receives } = model.traffic[object], until = (steps) => steps.filter((step) => step <= at).length;
      if (sends.length || receives.length) parts.push(`${until(sends)} sends, ${until(receives)} receives so far`);
      if (object !== step.object && !parts.length) continue;
      rows.push(make('tr', object === step.object ? { class: 'touched' } : {},
        make('td', { class: 'name' }, make('button', { class: 'link', type: 'button', text: model.objectName(object), title: `created at ${model.placeName(model.objects[object].created)}`, onclick: () => app.setFilter(model.objectName(object)) })),
        make('td', { text: parts.join('; ') || (model.statesOf[object].length ? 'free' : 'used here') })));
      if (rows.length === 24) break;
    }
    $('objects').replaceChildren(make('h2', { text: 'Objects' }), rows.length ? make('table', {}, make('tbody', {}, ...rows)) : make('div', { class: 'soft', text: 'Nobody holds or waits for anything.' }));
  }

  tasks(at) {
    const { model, app } = this;
    const rank = { failed: 0, runs: 1, waits: 2, ready: 3, ended: 4, unborn: 5 };
    const all = app.rows.map((task) => [task, model.taskAt(task, at)]).filter(([, state]) => state !== 'unborn').sort((a, b) => rank[a[1]] - rank[b[1]]);
    const rows = all.slice(0, 16).map(([task, state]) => {
      const steps = model.stepsOf[task];
      let low = 0, high = steps.length;
      while (low < high) { const middle = (low + high) >> 1; if (steps[middle] <= at) low = middle + 1; else high = middle; }
      const next = steps[low], position = model.positions.find((position) => position.task === task);
      const on = position && position.on[0];
      const doing = next !== undefined ? model.steps[next] : on;
      const words = state === 'ended' || state === 'failed' && !on || !doing ? '' : `${doing.op}${doing.object === undefined ? '' : ` ${model.objectName(doing.object)}`}`;
      return make('tr', {},
        make('td', { class: 'name' }, make('span', { class: `dot ${state}` }), make('button', { class: 'link', type: 'button', text: model.taskName(task), title: `spawned at ${model.placeName(model.tasks[task].spawned)}`, onclick: () => app.setFilter(model.taskName(task)) })),
        make('td', { text: STATES[state] }), make('td', { class: 'soft', text: words }));
    });
    const more = all.length > rows.length ? [make('div', { class: 'soft', text: `and ${all.length - rows.length} more` })] : [];
    $('tasks').replaceChildren(make('h2', { text: 'Tasks' }), make('table', {}, make('thead', {}, make('tr', {}, make('th', { text: 'Task' }), make('th', { text: 'State' }), make('th', { text: 'Next' }))), make('tbody', {}, ...rows)), ...more);
  }
}
