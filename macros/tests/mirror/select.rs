//! What `select!` does, beside what it expands to.

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::sync::Mutex;

use crate::__macros::{block_on, exhaust_budget, ready_at, starts};
use crate::select;

/// Reports its name when it is dropped.
struct Noisy<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

impl Drop for Noisy<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

#[test]
fn the_first_ready_future_in_polling_order_wins() {
    let pick = || {
        block_on(async {
            select! {
                _ = ready(()) => "a",
                _ = ready(()) => { "b" }
                _ = ready(()) => "c",
            }
        })
    };
    for (start, winner) in [(0, "a"), (1, "b"), (2, "c")] {
        starts(&[start]);
        assert_eq!(pick(), winner);
    }
}

#[test]
fn the_start_is_chosen_anew_at_every_poll() {
    starts(&[0, 1]);
    let winner = block_on(async {
        select! {
            _ = ready_at(2, ()) => 0,
            _ = ready_at(2, ()) => 1,
        }
    });
    assert_eq!(winner, 1);
}

#[test]
fn biased_asks_nobody_and_starts_at_the_first() {
    starts(&[1, 1, 1]);
    assert_eq!(
        block_on(async {
            select! { biased; _ = ready(()) => 0, _ = ready(()) => 1 }
        }),
        0
    );
}

#[test]
fn a_disabled_branch_is_evaluated_but_not_polled() {
    let mut evaluated = false;
    let winner = block_on(async {
        select! {
            _ = { evaluated = true; async { panic!("polled") } }, if 1 > 2 => "disabled",
            _ = ready_at(3, ()) => "other",
        }
    });
    assert_eq!((winner, evaluated), ("other", true));
}

#[test]
fn conditions_are_evaluated_before_futures() {
    let order = RefCell::new(Vec::new());
    let note = |what| {
        order.borrow_mut().push(what);
        true
    };
    block_on(async {
        select! {
            _ = { note("a"); ready(()) }, if note("if a") => {}
            _ = { note("b"); pending::<()>() }, if note("if b") => {}
        }
    });
    assert_eq!(*order.borrow(), ["if a", "if b", "a", "b"]);
}

#[test]
fn an_output_that_does_not_match_disables_the_branch() {
    let winner = block_on(async {
        select! {
            biased;
            Some(x) = ready(None::<u8>) => u32::from(x),
            Ok(1 | 2) = ready(Ok::<_, ()>(3)) => 2,
            y = ready_at(4, 7) => y,
        }
    });
    assert_eq!(winner, 7);
}

#[test]
fn when_all_are_disabled_else_is_evaluated() {
    let winner = block_on(async {
        select! {
            Some(x) = ready_at(3, None::<u8>) => x,
            x = ready(1), if false => x,
            else => 9,
        }
    });
    assert_eq!(winner, 9);
}

#[test]
#[should_panic(expected = "all branches are disabled and there is no else branch")]
fn without_else_it_panics() {
    block_on(async {
        select! { _ = ready(()), if false => {} }
    });
}

#[test]
fn only_else_is_fine() {
    assert_eq!(
        block_on(async {
            select! { else => 3, }
        }),
        3
    );
}

#[test]
fn nothing_is_polled_without_budget() {
    exhaust_budget(5);
    let polls = RefCell::new(0);
    let future = std::future::poll_fn(|_| {
        *polls.borrow_mut() += 1;
        std::task::Poll::Ready(())
    });
    block_on(async {
        select! { _ = future => {} }
    });
    assert_eq!(*polls.borrow(), 1);
}

#[test]
fn handlers_may_leave_loops_and_functions() {
    async fn find(mut next: impl FnMut() -> Result<u32, String>) -> Result<u32, String> {
        let mut skipped = 0;
        let found = 'outer: loop {
            loop {
                select! {
                    n = ready(next()) => match n? {
                        0 => { skipped += 1; continue; }
                        1 => continue 'outer,
                        2 => return Ok(100 + skipped),
                        n => { ready(()).await; break 'outer n }
                    },
                    _ = pending::<()>() => unreachable!(),
                }
            }
        };
        Ok(found + skipped)
    }
    let run = |numbers: &[u32]| {
        let mut numbers = numbers.iter().copied();
        block_on(find(|| numbers.next().ok_or_else(|| "empty".to_owned())))
    };
    assert_eq!(run(&[0, 1, 0, 7]), Ok(9));
    assert_eq!(run(&[0, 2]), Ok(101));
    assert_eq!(run(&[1]), Err("empty".to_owned()));
}

#[test]
fn a_handler_may_use_what_the_futures_borrowed() {
    let mut log = vec![0];
    block_on(async {
        select! {
            _ = async { log.push(1); pending::<()>().await } => {}
            _ = ready_at(2, ()) => log.push(2),
        }
    });
    assert_eq!(log, [0, 1, 2]);
}

#[test]
fn futures_are_dropped_in_order_and_before_the_handler() {
    let order = RefCell::new(Vec::new());
    let hold = |name| {
        let noisy = Noisy(name, &order);
        async move {
            let _noisy = &noisy;
            pending::<()>().await
        }
    };
    block_on(async {
        select! {
            _ = hold("a") => {}
            _ = hold("b"), if false => {}
            _ = ready_at(2, ()) => order.borrow_mut().push("handler"),
            _ = hold("c") => {}
        }
    });
    assert_eq!(*order.borrow(), ["a", "b", "c", "handler"]);
}

#[test]
fn bindings_may_move_and_borrow_mutably() {
    let text = block_on(async {
        select! {
            Some((mut x, ref mut y @ Some(_))) = ready(Some((String::from("a"), Some(1)))) => {
                x.push('b');
                *y = None;
                (x, *y)
            }
        }
    });
    assert_eq!(text, ("ab".to_owned(), None));
}

#[test]
fn temporaries_live_as_long_as_they_do_in_tokio() {
    let mutex = Mutex::new(5);
    // The guard is gone when the futures are polled, the borrowed value is not.
    let sum = block_on(async {
        select! {
            biased;
            x = &mut Box::pin(ready_at(2, 1)) => x,
            y = ready(*mutex.lock().unwrap()) => { y + *mutex.lock().unwrap() }
        }
    });
    assert_eq!(sum, 10);
}

#[test]
fn what_becomes_a_future_is_accepted() {
    struct Number(u8);
    impl IntoFuture for Number {
        type Output = u8;
        type IntoFuture = std::future::Ready<u8>;
        fn into_future(self) -> Self::IntoFuture {
            ready(self.0)
        }
    }
    assert_eq!(
        block_on(async {
            select! { x = Number(4) => x }
        }),
        4
    );
}

#[test]
fn the_names_of_the_user_are_not_taken() {
    let (output, disabled, start, cx, value0, pinned0, is_pending, out, step) = (1, 2, 3, 4, 5, 6, 7, 8, 9);
    let sum = block_on(async {
        select! {
            value1 = ready(output + disabled + start), if cx == 4 && is_pending == 7 => {
                value1 + cx + value0 + pinned0 + out + step + output
            }
        }
    });
    assert_eq!(sum, 6 + 4 + 5 + 6 + 8 + 9 + 1);
}

#[test]
fn selects_nest_and_are_generic() {
    async fn first<A: Clone, F: Future<Output = A>>(a: F, b: A) -> (A, A) {
        let c = b.clone();
        select! {
            x = async { select! { y = a => y, _ = pending::<()>() => b } } => (select! { z = ready(x) => z }, c),
        }
    }
    assert_eq!(block_on(first(ready(1), 2)), (1, 2));
}

#[test]
fn sixty_four_branches_fit() {
    starts(&[63]);
    let winner = block_on(async {
        select! {
            _ = pending::<()>() => 0, _ = pending::<()>() => 1, _ = pending::<()>() => 2, _ = pending::<()>() => 3,
            _ = pending::<()>() => 4, _ = pending::<()>() => 5, _ = pending::<()>() => 6, _ = pending::<()>() => 7,
            _ = pending::<()>() => 8, _ = pending::<()>() => 9, _ = pending::<()>() => 10, _ = pending::<()>() => 11,
            _ = pending::<()>() => 12, _ = pending::<()>() => 13, _ = pending::<()>() => 14, _ = pending::<()>() => 15,
            _ = pending::<()>() => 16, _ = pending::<()>() => 17, _ = pending::<()>() => 18, _ = pending::<()>() => 19,
            _ = pending::<()>() => 20, _ = pending::<()>() => 21, _ = pending::<()>() => 22, _ = pending::<()>() => 23,
            _ = pending::<()>() => 24, _ = pending::<()>() => 25, _ = pending::<()>() => 26, _ = pending::<()>() => 27,
            _ = pending::<()>() => 28, _ = pending::<()>() => 29, _ = pending::<()>() => 30, _ = pending::<()>() => 31,
            _ = pending::<()>() => 32, _ = pending::<()>() => 33, _ = pending::<()>() => 34, _ = pending::<()>() => 35,
            _ = pending::<()>() => 36, _ = pending::<()>() => 37, _ = pending::<()>() => 38, _ = pending::<()>() => 39,
            _ = pending::<()>() => 40, _ = pending::<()>() => 41, _ = pending::<()>() => 42, _ = pending::<()>() => 43,
            _ = pending::<()>() => 44, _ = pending::<()>() => 45, _ = pending::<()>() => 46, _ = pending::<()>() => 47,
            _ = pending::<()>() => 48, _ = pending::<()>() => 49, _ = pending::<()>() => 50, _ = pending::<()>() => 51,
            _ = pending::<()>() => 52, _ = pending::<()>() => 53, _ = pending::<()>() => 54, _ = pending::<()>() => 55,
            _ = pending::<()>() => 56, _ = pending::<()>() => 57, _ = pending::<()>() => 58, _ = pending::<()>() => 59,
            _ = pending::<()>() => 60, _ = pending::<()>() => 61, _ = pending::<()>() => 62, _ = ready(()) => 63,
        }
    });
    assert_eq!(winner, 63);
}

#[test]
fn the_future_is_send_when_its_parts_are() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let mut n = 0;
    block_on(is_send(async {
        select! { _ = async { n += 1; } => {} _ = pending::<()>() => {} }
    }));
    assert_eq!(n, 1);
}

#[test]
fn diverging_and_uninhabited_branches_compile() {
    async fn serve() -> std::convert::Infallible {
        pending().await
    }
    let done = block_on(async {
        select! {
            never = serve() => match never {},
            _ = ready(()) => true,
        }
    });
    assert!(done);
}
