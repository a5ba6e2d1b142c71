//! One actor alone, in a test kit.

use coyote::actors::{ActorId, Context, Event, Halt, Probe, TestKit, machine};

use futures::FutureExt;

use crate::harness::Diary;
use crate::subject::{A, B, D, S, Subject};

#[derive(Event)]
struct Order {
    from: ActorId,
}
#[derive(Event)]
struct Paid;
#[derive(Event)]
struct Served(u32);

#[derive(Default)]
struct Bar {
    served: u32,
}

#[machine(Bar)]
enum BarState {
    #[start]
    #[on(Order, do = serve, goto = Closed)]
    Open,
    #[defer(Order)]
    #[on(Paid, goto = Open)]
    Closed,
}

impl Bar {
    async fn serve(&mut self, context: &mut Context<Self>, order: Order) {
        let Paid = context.receive().await;
        self.served += 1;
        context.send(&order.from, Served(self.served));
    }
}

rule! {
    a_kit_sends_and_looks_at_the_state(kit) {
        let bar = TestKit::new(Bar::default());
        bar.assert_state(BarState::Open);
        let guest = bar.probe();
        bar.send(Order { from: guest.id().clone() }).await;
        assert!(bar.is_waiting() && guest.is_empty());
        bar.send(Paid).await;
        bar.assert_state(BarState::Closed);
        assert_eq!(guest.next::<Served>().map(|served| served.0), Some(1));
        assert!(guest.next::<Served>().is_none());
        kit.expect(&[]).await;
    }

    a_kit_looks_into_the_inbox(kit) {
        let bar = TestKit::new(Bar::default());
        let guest = bar.probe();
        bar.send(Order { from: guest.id().clone() }).await;
        bar.send(Paid).await;
        bar.send(Order { from: guest.id().clone() }).await;
        bar.assert_inbox_len(1);
        bar.send(Paid).await;
        bar.assert_inbox_len(0);
        bar.assert_state(BarState::Open);
        kit.expect(&[]).await;
    }

    a_kit_calls_the_actor(kit) {
        let diary = Diary::default();
        let subject = TestKit::new(Subject::new(diary.clone()));
        let depth = subject.invoke(|_, context| {
            context.push(S::Over);
            context.depth()
        });
        assert_eq!(depth.await, 1);
        subject.assert_state(S::Over);
        subject.send(A).await;
        assert_eq!(diary.read(), ["enter Base", "enter Over", "a in Over"]);
        kit.expect(&[]).await;
    }

    a_kit_knows_when_its_actor_has_halted(kit) {
        let subject = TestKit::new(Subject::new(Diary::default()));
        assert!(!subject.is_halted());
        subject.send(Halt).await;
        assert!(subject.is_halted());
        kit.expect(&[]).await;
    }

    a_probe_keeps_all_events(kit) {
        let probe = Probe::new(&kit.runtime);
        kit.tell(probe.id(), A);
        kit.tell(probe.id(), D(3));
        kit.tell(probe.id(), B);
        kit.runtime.quiescent().await;
        assert_eq!(probe.len(), 3);
        assert!(probe.next::<B>().is_none(), "it is not the first");
        assert!(probe.next::<A>().is_some());
        let rest: Vec<&str> = probe.take().iter().map(|event| event.name()).collect();
        assert_eq!(rest, ["D", "B"]);
    }
}

#[test]
#[should_panic = "is in the state to the left"]
fn a_wrong_state_is_told() {
    let runtime = real_tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { TestKit::new(Bar::default()).assert_state(BarState::Closed) });
}

#[test]
#[should_panic = "has as many events in its inbox as to the left"]
fn a_wrong_count_is_told() {
    let runtime = real_tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async { TestKit::new(Bar::default()).assert_inbox_len(7) });
}

/// Under control a panic ends the execution.
#[test]
fn a_call_that_panics_takes_the_actor_and_its_timers_with_it() {
    crate::harness::on_tokio(async {
        std::panic::set_hook(Box::new(|_| {}));
        let kit = TestKit::new(Subject::new(Diary::default()));
        let call = kit.invoke(|_, context| {
            context.start_timer(std::time::Duration::from_secs(3600), A);
            panic!("a mistake");
        });
        assert!(std::panic::AssertUnwindSafe(call).catch_unwind().await.is_err());
        assert!(kit.is_halted());
        kit.runtime().stop().await;
    });
}
