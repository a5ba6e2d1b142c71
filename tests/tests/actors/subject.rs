//! The machine whose rules are checked.

use coyote::actors::{AnyEvent, Context, Event, Failure, Halt, OnFailure, State, machine};

use crate::harness::Diary;

/// What a subject can be made to do.
pub(crate) type Call = Box<dyn FnOnce(&mut Subject, &mut Context<Subject>) + Send>;

/// Has the subject call a closure.
#[derive(Event)]
pub(crate) struct Run(pub(crate) Call);

macro_rules! events { ($($name:ident)*) => {$( #[derive(Event, Clone, Debug)] pub(crate) struct $name; )*} }
events! { A B C E F G H X Y Everywhere Tick }

/// Numbered, so that their order can be told.
#[derive(Event, Clone, Debug)]
pub(crate) struct D(pub(crate) u32);

pub(crate) struct Subject {
    pub(crate) diary: Diary,
    /// What becomes of a failure.
    pub(crate) decision: OnFailure,
    /// What the entry action of `Eager` asks for.
    pub(crate) eager: Option<Call>,
    /// What the exit action of `Sticky` asks for.
    pub(crate) sticky: Option<Call>,
}

#[machine(Subject)]
#[on(Everywhere, do = everywhere)]
#[on_halt(bye)]
#[on_failure(decide)]
pub(crate) enum S {
    #[start]
    #[entry(enter)]
    #[exit(leave)]
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[on(B, goto = Other)]
    #[on(C, push = Over)]
    #[defer(D)]
    #[ignore(E)]
    #[on(F, do = f, goto = Other)]
    #[on(G, goto = Base)]
    #[on(H, do = f, push = Over)]
    #[on(Tick, do = tick)]
    #[on(Y, goto = Eager)]
    Base,
    #[entry(enter)]
    #[exit(leave)]
    #[on(Run, do = run)]
    #[on(A, do = other_a)]
    #[on(D, do = d)]
    #[on(E, do = e)]
    #[ignore(B, Tick)]
    Other,
    /// Put on top of others.
    #[entry(enter)]
    #[exit(leave)]
    #[on(Run, do = run)]
    #[on(E, do = e)]
    #[on(X, do = x)]
    Over,
    #[entry(enter)]
    #[exit(leave)]
    #[on(Run, do = run)]
    Top,
    /// Below others, with a transition where what is below it has an action.
    #[entry(enter)]
    #[exit(leave)]
    #[on(Run, do = run)]
    #[on(A, goto = Other)]
    Between,
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[on(_, do = any)]
    Any,
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[defer(_)]
    Deferring,
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[ignore(_)]
    Ignoring,
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[idle(do = rest)]
    Resting,
    #[entry(enter)]
    #[exit(leave)]
    #[idle(goto = Other)]
    Leaving,
    #[idle(goto = Resting)]
    Nodding,
    #[on(Run, do = run)]
    #[on(Halt, do = refuse)]
    Immortal,
    #[group]
    #[on(Run, do = run)]
    #[on(A, do = a)]
    #[on(X, do = x)]
    #[on(Everywhere, do = e)]
    Family,
    #[group(Family)]
    #[on(X, do = other_a)]
    Member,
    #[inherit(Member)]
    #[defer(A)]
    #[on(B, goto = Base)]
    Child,
    #[on(Run, do = run, goto = Base)]
    Both,
    #[entry(eager)]
    #[on(Run, do = run)]
    #[on(A, do = a)]
    Eager,
    #[exit(sticky)]
    #[on(Run, do = run)]
    #[on(B, goto = Base)]
    Sticky,
}

impl Subject {
    pub(crate) fn new(diary: Diary) -> Self {
        Subject { diary, decision: OnFailure::Fail, eager: None, sticky: None }
    }

    fn note(&self, what: &str, context: &Context<Self>) {
        self.diary.write(format!("{what} in {}", context.state().name()));
    }

    fn enter(&mut self, context: &mut Context<Self>) {
        self.diary.write(format!("enter {}", context.state().name()));
    }

    fn leave(&mut self, context: &mut Context<Self>) {
        self.diary.write(format!("leave {}", context.state().name()));
    }

    fn run(&mut self, context: &mut Context<Self>, Run(call): Run) {
        call(self, context);
    }

    fn a(&mut self, context: &mut Context<Self>) {
        self.note("a", context);
    }

    fn other_a(&mut self, context: &mut Context<Self>) {
        self.note("other a", context);
    }

    async fn d(&mut self, context: &mut Context<Self>, D(number): D) {
        self.note(&format!("d{number}"), context);
    }

    fn e(&mut self, context: &mut Context<Self>) {
        self.note("e", context);
    }

    fn f(&mut self, context: &mut Context<Self>) {
        self.note("f", context);
    }

    fn x(&mut self, context: &mut Context<Self>) {
        self.note("x", context);
    }

    fn tick(&mut self, context: &mut Context<Self>) {
        self.note("tick", context);
    }

    fn any(&mut self, context: &mut Context<Self>, event: AnyEvent) {
        self.note(&format!("any {}", event.name()), context);
    }

    fn everywhere(&mut self, context: &mut Context<Self>) {
        self.note("everywhere", context);
    }

    fn rest(&mut self, context: &mut Context<Self>) {
        self.note("rest", context);
    }

    fn refuse(&mut self) {
        self.diary.write("refuse to halt");
    }

    fn eager(&mut self, context: &mut Context<Self>) {
        self.diary.write("enter Eager");
        if let Some(call) = self.eager.take() {
            call(self, context);
        }
    }

    fn sticky(&mut self, context: &mut Context<Self>) {
        self.diary.write("leave Sticky");
        if let Some(call) = self.sticky.take() {
            call(self, context);
        }
    }

    async fn bye(&mut self, context: &mut Context<Self>) {
        self.note("bye", context);
    }

    fn decide(&mut self, _context: &mut Context<Self>, failure: &Failure) -> OnFailure {
        if self.decision != OnFailure::Fail {
            let event = failure.event.unwrap_or("nothing");
            self.diary
                .write(format!("{:?} of {event} in {}: {}", failure.kind, failure.state, failure.message));
        }
        self.decision
    }
}
