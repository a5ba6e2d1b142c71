//! A payment and a check run at once with `try_join!`; if the check fails, the payment is dropped.
//! The mistake: the payment awaits between taking and giving.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::{Mutex, oneshot};
use tokio::task::yield_now;

use crate::suite::tasks;

type Accounts = Arc<Mutex<(i64, i64)>>;

async fn pay(accounts: Accounts) -> Result<(), &'static str> {
    yield_now().await;
    let mut accounts = accounts.lock().await;
    accounts.0 -= 1;
    accounts.1 += 1;
    Ok(())
}

async fn pay_in_two_steps(accounts: Accounts) -> Result<(), &'static str> {
    accounts.lock().await.0 -= 1;
    yield_now().await;
    accounts.lock().await.1 += 1;
    Ok(())
}

async fn order<F: Future<Output = Result<(), &'static str>>>(pay: fn(Accounts) -> F) {
    let accounts = Accounts::default();
    let (send, receive) = oneshot::channel();
    tokio::spawn(async move { send.send(false) });
    let check = async {
        match receive.await {
            Ok(true) => Ok(()),
            _ => Err("no credit"),
        }
    };
    assert_eq!(tokio::try_join!(pay(Arc::clone(&accounts)), check), Err("no credit"));
    let accounts = accounts.lock().await;
    assert_eq!(accounts.0 + accounts.1, 0, "money was lost");
}

#[test]
fn a_payment_without_a_pause_is_whole_or_not_at_all() {
    tasks(|| order(pay)).passes();
}

#[test]
fn a_payment_dropped_in_between_loses_money() {
    tasks(|| order(pay_in_two_steps)).panics("money was lost");
}
