//! A deposit, a withdrawal and an audit that computes the balance by a wrong formula.
//!
//! Each takes the lock once. The audit fails if it comes last, which needs the right order but no preemption.
//! From SCTBench (CS.account_bad).

use crate::program::Schedules::Mean;
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "account",
    family: Family::SctBench,
    depth: 0,
    expected: Expected::Panic("the balance is wrong"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Mean(6),
        urw: Mean(3),
        pos: Mean(4),
        pct3: Mean(4),
        random: Mean(18),
        rff: Mean(1),
        q_learning: Mean(6),
        period: Mean(10),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};
    use std::thread;

    const START: i32 = 1;
    const IN: i32 = 2;
    const OUT: i32 = 4;

    struct Account {
        balance: i32,
        deposited: bool,
        withdrawn: bool,
    }

    pub(super) fn buggy() {
        run(START - IN - OUT);
    }

    pub(super) fn correct() {
        run(START + IN - OUT);
    }

    fn run(expected: i32) {
        let account = Account { balance: START, deposited: false, withdrawn: false };
        let account = Arc::new(Mutex::new(account));
        let audit = thread::spawn({
            let account = Arc::clone(&account);
            move || {
                let account = account.lock().unwrap();
                if account.deposited && account.withdrawn {
                    assert_eq!(account.balance, expected, "the balance is wrong");
                }
            }
        });
        let deposit = thread::spawn({
            let account = Arc::clone(&account);
            move || {
                let mut account = account.lock().unwrap();
                account.balance += IN;
                account.deposited = true;
            }
        });
        let withdraw = thread::spawn(move || {
            let mut account = account.lock().unwrap();
            account.balance -= OUT;
            account.withdrawn = true;
        });
        for thread in [audit, deposit, withdraw] {
            thread.join().unwrap();
        }
    }
}
