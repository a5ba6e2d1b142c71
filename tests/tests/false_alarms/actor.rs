//! An account is an actor: it owns its state, and answers messages one after the other.
//! The mistake: while handling a message it asks itself, and waits for the answer.

use tokio::sync::{mpsc, oneshot};

use crate::suite::tasks;

enum Message {
    Add(i64),
    Double,
    Get(oneshot::Sender<i64>),
}

#[derive(Clone)]
struct Account(mpsc::Sender<Message>);

impl Account {
    async fn tell(&self, message: Message) {
        assert!(self.0.send(message).await.is_ok(), "the actor is gone");
    }

    async fn get(&self) -> i64 {
        let (sender, answer) = oneshot::channel();
        self.tell(Message::Get(sender)).await;
        answer.await.expect("the actor is gone")
    }
}

fn start(ask_oneself: bool) -> Account {
    let (sender, mut inbox) = mpsc::channel(2);
    let oneself = ask_oneself.then(|| Account(sender.clone()));
    tokio::spawn(async move {
        let mut balance = 0;
        while let Some(message) = inbox.recv().await {
            match (message, &oneself) {
                (Message::Add(amount), _) => balance += amount,
                (Message::Double, None) => balance *= 2,
                (Message::Double, Some(oneself)) => balance += oneself.get().await,
                (Message::Get(answer), _) => drop(answer.send(balance)),
            }
        }
    });
    Account(sender)
}

async fn use_account(ask_oneself: bool) {
    let account = start(ask_oneself);
    let other = tokio::spawn({
        let account = account.clone();
        async move { account.tell(Message::Add(1)).await }
    });
    account.tell(Message::Add(1)).await;
    account.tell(Message::Double).await;
    other.await.expect("nobody aborts it");
    let balance = account.get().await;
    assert!(balance == 3 || balance == 4);
}

#[test]
fn an_actor_that_looks_at_its_own_state_answers() {
    tasks(|| use_account(false)).passes();
}

#[test]
fn an_actor_that_asks_itself_deadlocks() {
    tasks(|| use_account(true)).deadlocks();
}
