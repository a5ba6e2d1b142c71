//! Actors without states, and the forms that a handler can have.

use coyote::actors::{AnyEvent, Context, Event, Failure, Halt, OnFailure, actor};

use crate::harness::Diary;
use crate::subject::{A, B, C, D, E, F, G, H, X};

#[derive(Event)]
struct Wrong;

struct Plain {
    diary: Diary,
}

#[actor(ignore(B, C))]
impl Plain {
    #[on_start]
    async fn begin(&mut self) {
        self.diary.write("start");
    }

    #[on(A)]
    fn bare(&mut self) {
        self.diary.write("a");
    }

    #[on(D)]
    fn with_event(&mut self, D(number): D) {
        self.diary.write(format!("d{number}"));
    }

    #[on(E)]
    async fn waits(&mut self, context: &mut Context<Self>) {
        let me = context.id().clone();
        context.send(&me, A);
        let A = context.receive().await;
        self.diary.write("e");
    }

    #[on(F)]
    async fn with_both(&mut self, context: &mut Context<Self>, _: F) {
        self.diary.write(format!("f of {}", context.id()));
    }

    #[on(G)]
    fn may_fail(&mut self) -> Result<(), std::fmt::Error> {
        Err(std::fmt::Error)
    }

    #[on(Wrong)]
    async fn may_fail_later(&mut self, _: Wrong) -> Result<(), String> {
        Err("it went wrong".to_owned())
    }

    #[on(H)]
    fn halts(&mut self, context: &mut Context<Self>) {
        context.halt();
    }

    #[on_halt]
    fn bye(&mut self) {
        self.diary.write("bye");
    }

    #[on_failure]
    fn decide(&mut self, _: &mut Context<Self>, failure: &Failure) -> OnFailure {
        self.diary.write(format!("{:?}: {failure}", failure.kind));
        if failure.message.contains("X") { OnFailure::Fail } else { OnFailure::Continue }
    }
}

struct Sink {
    diary: Diary,
}

#[actor]
impl Sink {
    #[on(_)]
    fn any(&mut self, event: AnyEvent) {
        self.diary.write(event.name());
    }

    #[on(A)]
    fn a(&mut self) {
        self.diary.write("a");
    }
}

/// Asks for something as it starts.
struct Hasty {
    diary: Diary,
}

#[actor]
impl Hasty {
    #[on_start]
    fn begin(&mut self, context: &mut Context<Self>) {
        self.diary.write("start");
        context.raise(A);
    }

    #[on(A)]
    fn a(&mut self) {
        self.diary.write("a");
    }
}

macro_rules! plain {
    ($kit:ident, $($event:expr),*) => {{
        let plain = $kit.runtime.create(Plain { diary: $kit.diary.clone() });
        $( $kit.tell(&plain, $event); )*
        plain
    }};
}

rule! {
    it_begins_with_on_start(kit) {
        plain!(kit, A);
        kit.expect(&["start", "a"]).await;
    }

    what_on_start_asks_for_is_done_at_once(kit) {
        kit.runtime.create(Hasty { diary: kit.diary.clone() });
        kit.expect(&["start", "a"]).await;
    }

    a_handler_may_want_the_event_alone(kit) {
        plain!(kit, D(4));
        kit.expect(&["start", "d4"]).await;
    }

    a_handler_may_wait(kit) {
        plain!(kit, E);
        kit.expect(&["start", "e"]).await;
    }

    a_handler_may_want_context_and_event(kit) {
        plain!(kit, F);
        kit.expect(&["start", "f of Plain(0)"]).await;
    }

    a_handler_may_return_an_error(kit) {
        plain!(kit, G, A);
        let said = "Error: an error occurred when formatting an argument";
        kit.expect(&["start", said, "a"]).await;
    }

    an_asynchronous_handler_may_return_an_error(kit) {
        plain!(kit, Wrong, A);
        kit.expect(&["start", "Error: it went wrong", "a"]).await;
    }

    listed_events_are_ignored(kit) {
        let plain = plain!(kit, B, C, A);
        kit.expect(&["start", "a"]).await;
        assert_eq!(plain.inbox_len(), 0);
    }

    it_halts_with_on_halt(kit) {
        let plain = plain!(kit, H, A);
        kit.expect(&["start", "bye"]).await;
        assert!(plain.is_halted());
    }

    it_halts_when_asked(kit) {
        plain!(kit, Halt);
        kit.expect(&["start", "bye"]).await;
    }

    any_event_can_be_handled(kit) {
        let sink = kit.runtime.create(Sink { diary: kit.diary.clone() });
        kit.tell(&sink, X);
        kit.tell(&sink, A);
        kit.tell(&sink, D(1));
        kit.expect(&["X", "a", "D"]).await;
    }

    any_event_does_not_cover_halting(kit) {
        let sink = kit.runtime.create(Sink { diary: kit.diary.clone() });
        kit.tell(&sink, Halt);
        kit.expect(&[]).await;
        assert!(sink.is_halted());
    }
}

fault! {
    an_event_without_a_handler_is_a_failure(kit): "Plain(0) does not handle X" {
        plain!(kit, X);
    }
}
