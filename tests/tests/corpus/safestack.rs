//! SafeStack's depth, which is out of reach for a search of its schedules: all *states* that its threads can reach
//! are searched instead, in order of the preemptions that it takes to reach them, in a model with one step for each
//! operation of the program. The program goes the way that is found, and does in any execution what the model does.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::Location;

use coyote_corpus::{Body, Expected, Program, programs};
use coyote_engine::strategy::{Point, Random, Strategy};
use coyote_engine::{ObjectId, OpKind, Options, Outcome, Runner, TaskId};

const THREADS: usize = 3;
const ROUNDS: u8 = 2;
const NODES: usize = 3;

/// The operation that a thread does next, with what it has to remember for it and for later ones.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Next {
    /// `pop`.
    LoadCount,
    LoadHead,
    TakeLink {
        head: i8,
    },
    MoveHead {
        head: i8,
        link: i8,
    },
    RestoreLink {
        head: i8,
        link: i8,
    },
    Yield,
    DecrementCount {
        node: i8,
    },
    /// The thread's own.
    StoreOwner {
        node: i8,
    },
    LoadOwner {
        node: i8,
    },
    /// `push`.
    LoadHeadAgain {
        node: i8,
    },
    StoreLink {
        node: i8,
        head: i8,
    },
    ReplaceHead {
        node: i8,
        head: i8,
    },
    IncrementCount,
    Ended,
}

use Next::{
    DecrementCount, Ended, IncrementCount, LoadCount, LoadHead, LoadHeadAgain, LoadOwner, MoveHead,
    ReplaceHead, RestoreLink, StoreLink, StoreOwner, TakeLink, Yield,
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct State {
    count: i8,
    head: i8,
    links: [i8; NODES],
    owners: [u8; NODES],
    threads: [Next; THREADS],
    rounds: [u8; THREADS],
    /// Who did the latest operation.
    current: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Object {
    None,
    Count,
    Head,
    Link(i8),
    Owner(i8),
}

/// A thread has found its node in the hands of another.
#[derive(PartialEq, Eq, Debug)]
struct Bug;

impl State {
    fn first() -> State {
        State {
            count: NODES as i8,
            head: 0,
            links: [1, 2, -1],
            owners: [u8::MAX; NODES],
            threads: [LoadCount; THREADS],
            rounds: [0; THREADS],
            current: 0,
        }
    }

    /// Returns whether others may run now without that being a preemption.
    fn is_free(&self) -> bool {
        matches!(self.threads[self.current], Yield | Ended)
    }

    /// Returns what kind of operation a thread does next, and to what.
    fn next_op(&self, thread: usize) -> Option<(OpKind, Object)> {
        Some(match self.threads[thread] {
            LoadCount => (OpKind::Load, Object::Count),
            LoadHead | LoadHeadAgain { .. } => (OpKind::Load, Object::Head),
            TakeLink { head } | RestoreLink { head, .. } => (OpKind::Rmw, Object::Link(head)),
            MoveHead { .. } | ReplaceHead { .. } => (OpKind::Rmw, Object::Head),
            DecrementCount { .. } | IncrementCount => (OpKind::Rmw, Object::Count),
            StoreOwner { node } => (OpKind::Store, Object::Owner(node)),
            LoadOwner { node } => (OpKind::Load, Object::Owner(node)),
            StoreLink { node, .. } => (OpKind::Store, Object::Link(node)),
            Yield => (OpKind::Yield, Object::None),
            Ended => return None,
        })
    }

    fn after(mut self, thread: usize) -> Result<State, Bug> {
        self.current = thread;
        self.threads[thread] = match self.threads[thread] {
            LoadCount if self.count > 1 => LoadHead,
            LoadCount => Yield,
            LoadHead => TakeLink { head: self.head },
            TakeLink { head } => match std::mem::replace(&mut self.links[head as usize], -1) {
                -1 => Yield,
                link => MoveHead { head, link },
            },
            MoveHead { head, link } if self.head == head => {
                self.head = link;
                DecrementCount { node: head }
            }
            MoveHead { head, link } => RestoreLink { head, link },
            RestoreLink { head, link } => {
                self.links[head as usize] = link;
                LoadCount
            }
            Yield => LoadCount,
            DecrementCount { node } => {
                self.count -= 1;
                StoreOwner { node }
            }
            StoreOwner { node } => {
                self.owners[node as usize] = thread as u8;
                LoadOwner { node }
            }
            LoadOwner { node } if self.owners[node as usize] != thread as u8 => return Err(Bug),
            LoadOwner { node } => LoadHeadAgain { node },
            LoadHeadAgain { node } => StoreLink { node, head: self.head },
            StoreLink { node, head } => {
                self.links[node as usize] = head;
                ReplaceHead { node, head }
            }
            ReplaceHead { node, head } if self.head == head => {
                self.head = node;
                IncrementCount
            }
            ReplaceHead { node, .. } => StoreLink { node, head: self.head },
            IncrementCount => {
                self.count += 1;
                self.rounds[thread] += 1;
                if self.rounds[thread] == ROUNDS { Ended } else { LoadCount }
            }
            Ended => unreachable!("it does nothing more"),
        };
        Ok(self)
    }
}

/// Who does the operations of a schedule that shows the bug, one after the other, with the fewest preemptions, and
/// how many these are.
struct Shortest {
    threads: Vec<usize>,
    preemptions: u32,
}

impl Shortest {
    fn find() -> Shortest {
        // Each with the one before, from which it was reached.
        let mut seen: BTreeMap<State, Option<State>> = BTreeMap::new();
        // Whoever is the first to run does not preempt anyone.
        let mut reached: Vec<_> =
            (0..THREADS).map(|current| (State { current, ..State::first() }, None)).collect();
        let mut with_one_more = Vec::new();
        let mut last = None;
        for preemptions in 0.. {
            while let Some((state, before)) = reached.pop() {
                if seen.contains_key(&state) {
                    continue;
                }
                seen.insert(state, before);
                for thread in (0..THREADS).filter(|&thread| state.threads[thread] != Ended) {
                    let preempts = thread != state.current && !state.is_free();
                    match (state.after(thread), preempts) {
                        (Ok(after), false) => reached.push((after, Some(state))),
                        (Ok(after), true) => with_one_more.push((after, Some(state))),
                        (Err(Bug), false) => return Shortest::ending(&seen, state, thread, preemptions),
                        (Err(Bug), true) => last = Some((state, thread)),
                    }
                }
            }
            println!("{preemptions} preemptions\t{} states", seen.len());
            if let Some((state, thread)) = last {
                return Shortest::ending(&seen, state, thread, preemptions + 1);
            }
            assert!(!with_one_more.is_empty(), "no schedule shows the bug");
            std::mem::swap(&mut reached, &mut with_one_more);
        }
        unreachable!("some number is enough")
    }

    fn ending(
        seen: &BTreeMap<State, Option<State>>,
        state: State,
        last: usize,
        preemptions: u32,
    ) -> Shortest {
        let mut threads = vec![last];
        let mut at = state;
        while let Some(before) = seen[&at] {
            threads.push(at.current);
            at = before;
        }
        threads.reverse();
        Shortest { threads, preemptions }
    }
}

/// Has the model do what the program does: in the order of a schedule, or in any.
struct Beside {
    model: State,
    bug: bool,
    /// Which objects of the program are those of the model.
    objects: BTreeMap<Object, ObjectId>,
    differences: Vec<String>,
    schedule: Option<Vec<usize>>,
    done: usize,
    random: Random,
}

/// The root is the first, and creates the threads.
const FIRST_THREAD: TaskId = 2;

impl Beside {
    fn new(schedule: Option<Vec<usize>>) -> Beside {
        Beside {
            model: State::first(),
            bug: false,
            objects: BTreeMap::new(),
            differences: Vec::new(),
            schedule,
            done: 0,
            random: Random::new(),
        }
    }

    fn happens(&mut self, point: &Point<'_>, task: TaskId) {
        let op = point.op(task);
        let is_step = matches!(op.kind(), OpKind::Load | OpKind::Store | OpKind::Rmw | OpKind::Yield);
        if task < FIRST_THREAD || !is_step || self.bug {
            return;
        }
        let thread = (task - FIRST_THREAD) as usize;
        let Some((kind, object)) = self.model.next_op(thread) else {
            return self.differences.push(format!("{thread} has ended, and does {}", op.kind().name()));
        };
        let known = *self.objects.entry(object).or_insert(op.object());
        if (kind, known) != (op.kind(), op.object()) {
            self.differences.push(format!(
                "{thread} does {}, not {object:?} {}",
                op.kind().name(),
                kind.name()
            ));
        }
        self.done += 1;
        match self.model.after(thread) {
            Ok(after) => self.model = after,
            Err(Bug) => self.bug = true,
        }
    }
}

impl Strategy for Beside {
    fn begin(&mut self, seed: u64) {
        *self = Beside::new(self.schedule.take());
        self.random.begin(seed);
    }

    fn pick(&mut self, point: &Point<'_>) -> TaskId {
        let next = self.schedule.as_ref().and_then(|threads| threads.get(self.done));
        let task = match next.map(|&thread| FIRST_THREAD + thread as TaskId) {
            // Until they are all there.
            Some(_) if point.enabled.contains(FIRST_THREAD - 1) => FIRST_THREAD - 1,
            Some(task) if point.enabled.contains(task) => task,
            _ => self.random.pick(point),
        };
        self.happens(point, task);
        task
    }

    fn choose(&mut self, _n: u32) -> u32 {
        0
    }

    fn passed(&mut self, point: &Point<'_>) {
        self.happens(point, point.enabled.select(0));
    }

    fn wants_every_point(&self) -> bool {
        true
    }

    fn is_fair(&self, _step: u64) -> bool {
        true
    }

    fn name(&self) -> String {
        "beside the model".to_owned()
    }
}

fn safestack() -> &'static Program {
    programs().find(|program| program.name == "safestack").expect("it is there")
}

fn run(strategy: &mut Beside, seed: u64) -> Outcome {
    let Body::Threads(body) = safestack().body else { panic!("its tasks are threads") };
    Runner::new(Options::default()).run_thread(strategy, seed, true, Location::caller(), body).0
}

#[test]
fn the_fewest_preemptions_are_what_the_file_says_and_show_the_bug() {
    let shortest = Shortest::find();
    assert_eq!(shortest.preemptions, safestack().depth);
    let mut strategy = Beside::new(Some(shortest.threads));
    let outcome = run(&mut strategy, 0);
    assert!(strategy.bug && strategy.differences.is_empty(), "{:#?}", strategy.differences);
    let recording = outcome.notes.into_noted().recording.expect("it was recorded");
    let Expected::Panic(text) = safestack().expected else { panic!("it is an assertion that fails") };
    let shows = recording.panics.iter().any(|(_, panic)| panic.message.contains(text));
    assert!(shows, "{:?}", recording.panics);
    let preemptions = recording.steps.iter().filter(|step| step.preempted.is_some()).count();
    assert_eq!(preemptions, shortest.preemptions as usize);
}

#[test]
fn the_model_does_what_the_program_does() {
    for seed in 0..200 {
        let mut strategy = Beside::new(None);
        run(&mut strategy, seed);
        assert!(strategy.differences.is_empty(), "seed {seed}: {:#?}", strategy.differences);
        let objects: BTreeSet<_> = strategy.objects.values().collect();
        assert_eq!(objects.len(), strategy.objects.len(), "seed {seed}: {:?}", strategy.objects);
        let ended = strategy.model.threads == [Ended; THREADS];
        assert!(ended, "seed {seed}: {:?}", strategy.model);
    }
}
