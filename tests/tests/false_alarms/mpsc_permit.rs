//! Senders reserve room in a channel before they make what they send.
//! The mistake: a permit is held while waiting for a partner who needs room too.

use std::sync::Arc;

use tokio::sync::{Barrier, mpsc};

use crate::suite::tasks;

async fn send_two(meet_with_permit: bool) {
    let (sender, mut receiver) = mpsc::channel(1);
    let both = Arc::new(Barrier::new(2));
    let mut partners = Vec::new();
    for number in 1..=2u32 {
        let (sender, both) = (sender.clone(), Arc::clone(&both));
        partners.push(tokio::spawn(async move {
            if !meet_with_permit {
                both.wait().await;
            }
            let permit = sender.reserve().await.expect("the receiver is there");
            if meet_with_permit {
                both.wait().await;
            }
            permit.send(number);
        }));
    }
    drop(sender);
    let mut sum = 0;
    while let Some(number) = receiver.recv().await {
        sum += number;
    }
    assert_eq!(sum, 3);
    for partner in partners {
        partner.await.expect("nobody aborts it");
    }
}

#[test]
fn room_is_reserved_after_meeting() {
    tasks(|| send_two(false)).passes();
}

#[test]
fn room_held_while_meeting_deadlocks() {
    tasks(|| send_two(true)).deadlocks();
}
