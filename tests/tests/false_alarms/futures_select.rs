//! Two queues are read with `futures::select!`, which looks at them in an order of its own.
//! The mistake: to expect that the first has precedence.

use crate::suite::tasks;

#[coyote::instrument]
mod program {
    use futures::channel::mpsc::unbounded;
    use futures::stream::StreamExt;

    async fn read() -> Vec<&'static str> {
        let (orders, mut order) = unbounded();
        let (cancellations, mut cancellation) = unbounded();
        orders.unbounded_send("order").unwrap();
        cancellations.unbounded_send("cancellation").unwrap();
        drop((orders, cancellations));
        let mut read = Vec::new();
        loop {
            futures::select! {
                message = order.select_next_some() => read.push(message),
                message = cancellation.select_next_some() => read.push(message),
                complete => return read,
            }
        }
    }

    pub(super) async fn in_any_order() {
        let mut all = read().await;
        all.sort_unstable();
        assert_eq!(all, ["cancellation", "order"]);
        let merged = futures::stream_select!(futures::stream::iter([1]), futures::stream::iter([2]));
        assert_eq!(merged.fold(0, async |sum, number| sum + number).await, 3);
    }

    pub(super) async fn in_that_order() {
        assert_eq!(read().await, ["order", "cancellation"], "the other came first");
    }
}

use program::{in_any_order, in_that_order};

#[test]
fn both_queues_are_read() {
    tasks(|| async {
        let other = tokio::spawn(in_any_order());
        in_any_order().await;
        other.await.expect("nobody aborts it");
    })
    .passes();
}

#[test]
fn select_has_no_precedence() {
    tasks(in_that_order).panics("the other came first");
}
