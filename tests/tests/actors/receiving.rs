//! Waiting for certain events in the middle of a handler.

use std::task::Poll;
use std::time::Duration;

use coyote::actors::{ActorId, Context, Event, Halt, Timer, machine};

use crate::harness::{Diary, Kit};

#[derive(Event)]
struct Begin(Plan);
#[derive(Event, Clone)]
struct Number(u32);
#[derive(Event)]
struct Other;
#[derive(Event)]
struct Never;

const SHORT: Duration = Duration::from_millis(2);

#[derive(Clone, Copy)]
enum Plan {
    One,
    Two,
    Even,
    Any,
    AnyWhere,
    Ignored,
    Deferred,
    ThenRaise,
    StartTimer,
    StopTimer,
    Periodic,
    Woken,
}

struct Waiter {
    diary: Diary,
    timer: Option<Timer>,
}

#[machine(Waiter)]
enum WaiterState {
    #[start]
    #[on(Begin, do = begin)]
    #[on(Number, do = number)]
    #[on(Other, do = other)]
    #[ignore(Never)]
    Ready,
    #[on(Begin, do = begin)]
    #[defer(Number)]
    #[on(Other, do = other)]
    Deferring,
}

impl Waiter {
    async fn begin(&mut self, context: &mut Context<Self>, Begin(plan): Begin) {
        match plan {
            Plan::One => {
                let Number(number) = context.receive().await;
                self.diary.write(format!("received {number}"));
            }
            Plan::Two => {
                let Number(first) = context.receive().await;
                let Number(second) = context.receive().await;
                self.diary.write(format!("received {first} and {second}"));
            }
            Plan::Even => {
                let even = 2;
                let Number(number) = context.receive_where(|Number(number)| number % even == 0).await;
                self.diary.write(format!("received {number}"));
            }
            Plan::Any => {
                let event = context.receive_any().of::<Other>().of::<Number>().next().await;
                self.diary.write(format!("received {}", event.name()));
            }
            Plan::AnyWhere => {
                let only = 3;
                let any = context.receive_any().of_where(|Number(number)| *number == only).of::<Never>();
                let event = any.next().await;
                self.diary.write(format!("received {:?}", event.get::<Number>().map(|number| number.0)));
            }
            Plan::Ignored => {
                let Never = context.receive().await;
                self.diary.write("received what is ignored");
            }
            Plan::Deferred => {
                context.goto(WaiterState::Deferring);
            }
            Plan::ThenRaise => {
                let Number(number) = context.receive().await;
                context.raise(Number(number + 100));
            }
            Plan::StartTimer => {
                self.timer = Some(context.start_timer(SHORT, Number(1)));
                context.goto(WaiterState::Deferring);
            }
            Plan::StopTimer => {
                let timer = self.timer.take().expect("it was started");
                context.stop_timer(&timer);
                let Number(number) = context.receive().await;
                self.diary.write(format!("received {number}"));
            }
            Plan::Periodic => {
                let timer = context.start_periodic_timer(SHORT, SHORT, Number(1));
                let Number(first) = context.receive().await;
                let Number(second) = context.receive().await;
                context.stop_timer(&timer);
                self.diary.write(format!("received {first} and {second}"));
            }
            Plan::Woken => {
                let mut left = 3;
                let wakes = std::future::poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    left -= 1;
                    if left == 0 { Poll::Ready(()) } else { Poll::Pending }
                });
                let (Number(number), ()) = tokio::join!(context.receive(), wakes);
                self.diary.write(format!("received {number}"));
            }
        }
    }

    fn number(&mut self, Number(number): Number) {
        self.diary.write(format!("handled {number}"));
    }

    fn other(&mut self) {
        self.diary.write("handled other");
    }
}

#[track_caller]
fn waiter(kit: &Kit) -> ActorId {
    kit.runtime.create(Waiter { diary: kit.diary.clone(), timer: None })
}

rule! {
    an_event_is_waited_for(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.expect(&[]).await;
        kit.tell(&waiter, Number(1));
        kit.expect(&["received 1"]).await;
    }

    one_that_is_woken_in_vain_waits_on(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Woken));
        kit.expect(&[]).await;
        kit.tell(&waiter, Number(1));
        kit.expect(&["received 1"]).await;
    }

    one_that_is_in_the_inbox_is_taken(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.tell(&waiter, Number(1));
        kit.expect(&["received 1"]).await;
    }

    others_stay_in_the_inbox_and_are_handled_later(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.tell(&waiter, Other);
        kit.tell(&waiter, Number(1));
        kit.tell(&waiter, Number(2));
        kit.expect(&["received 1", "handled other", "handled 2"]).await;
    }

    nothing_else_is_handled_meanwhile(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.tell(&waiter, Other);
        kit.expect(&[]).await;
        assert_eq!(waiter.inbox_len(), 1);
    }

    two_can_be_received_in_a_row(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Two));
        kit.tell(&waiter, Number(1));
        kit.tell(&waiter, Other);
        kit.tell(&waiter, Number(2));
        kit.expect(&["received 1 and 2", "handled other"]).await;
    }

    a_predicate_chooses(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Even));
        kit.tell(&waiter, Number(1));
        kit.tell(&waiter, Number(3));
        kit.tell(&waiter, Number(4));
        kit.tell(&waiter, Number(6));
        kit.tell(&waiter, Number(8));
        kit.expect(&["received 4", "handled 1", "handled 3", "handled 6", "handled 8"]).await;
    }

    the_first_of_several_kinds_is_taken(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Any));
        kit.tell(&waiter, Number(1));
        kit.tell(&waiter, Other);
        kit.expect(&["received Number", "handled other"]).await;
    }

    several_kinds_can_have_predicates(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::AnyWhere));
        kit.tell(&waiter, Number(2));
        kit.tell(&waiter, Number(3));
        kit.expect(&["received Some(3)", "handled 2"]).await;
    }

    what_the_state_ignores_can_be_received(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Ignored));
        kit.tell(&waiter, Never);
        kit.expect(&["received what is ignored"]).await;
    }

    what_the_state_defers_can_be_received(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Deferred));
        kit.tell(&waiter, Number(1));
        kit.expect(&[]).await;
        kit.tell(&waiter, Begin(Plan::One));
        kit.expect(&["received 1"]).await;
    }

    one_that_waits_does_not_keep_the_runtime_busy(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.runtime.quiescent().await;
        kit.tell(&waiter, Number(5));
        kit.runtime.quiescent().await;
        kit.expect(&["received 5"]).await;
    }

    a_request_to_halt_waits_for_the_handler(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::One));
        kit.tell(&waiter, Halt);
        kit.runtime.quiescent().await;
        assert!(!waiter.is_halted());
        kit.tell(&waiter, Number(1));
        kit.expect(&["received 1"]).await;
        assert!(waiter.is_halted());
    }

    the_event_of_a_timer_that_was_stopped_is_not_received(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::StartTimer));
        // Its event is in the inbox by now.
        kit.runtime.quiescent().await;
        assert_eq!(waiter.inbox_len(), 1);
        kit.tell(&waiter, Begin(Plan::StopTimer));
        kit.tell(&waiter, Number(2));
        kit.expect(&["received 2"]).await;
    }

    a_periodic_timer_goes_on_when_its_event_is_received(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::Periodic));
        kit.expect(&["received 1 and 1"]).await;
    }

    something_can_be_asked_for_afterwards(kit) {
        let waiter = waiter(&kit);
        kit.tell(&waiter, Begin(Plan::ThenRaise));
        kit.tell(&waiter, Number(1));
        kit.tell(&waiter, Number(2));
        kit.expect(&["handled 101", "handled 2"]).await;
    }
}
