//! A client sends an order, and sends it again if no receipt comes in time.
//! The mistake: the order carries no number by which the server would know it again.

use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, timeout};

use crate::suite::{Mode, tasks};

struct Order {
    number: Option<u32>,
    receipt: oneshot::Sender<()>,
}

async fn shop(mut orders: mpsc::Receiver<Order>) -> u32 {
    let (mut sold, mut known) = (0, Vec::new());
    while let Some(order) = orders.recv().await {
        if order.number.is_none_or(|number| !known.contains(&number)) {
            known.extend(order.number);
            sold += 1;
        }
        let _ = order.receipt.send(());
    }
    sold
}

async fn buy(number: Option<u32>) {
    let (sender, orders) = mpsc::channel(1);
    let shop = tokio::spawn(shop(orders));
    for _attempt in 0..3 {
        let (receipt, received) = oneshot::channel();
        assert!(sender.send(Order { number, receipt }).await.is_ok());
        if let Ok(Ok(())) = timeout(Duration::from_millis(20), received).await {
            break;
        }
    }
    drop(sender);
    assert_eq!(shop.await.expect("nobody aborts it"), 1, "sold twice");
}

#[test]
fn a_numbered_order_is_sold_once() {
    tasks(|| buy(Some(8))).passes();
}

#[test]
fn an_order_sent_again_is_sold_twice() {
    tasks(|| buy(None)).under(Mode::Racing).panics("sold twice");
}

#[test]
fn on_an_idle_machine_nothing_is_sent_again() {
    tasks(|| buy(None)).except(Mode::Racing).passes();
}
