//! What `join!` and `try_join!` do, beside what they expand to.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::{pending, poll_fn, ready};
use std::task::Poll;

use crate::__macros::{block_on, ready_at};
use crate::{join, try_join};

#[test]
fn all_outputs_come_in_the_order_of_the_source() {
    assert_eq!(block_on(async { join!(ready_at(3, 'a'), ready_at(1, 2), async { "c" },) }), ('a', 2, "c"));
    assert_eq!(block_on(async { join!(biased; ready_at(3, 'a')) }), ('a',));
    block_on(async { join!() });
    block_on(async { join!(biased;) });
}

#[test]
fn the_first_to_be_polled_rotates() {
    let order = RefCell::new(String::new());
    let note = |name: char| {
        let (order, mut polls) = (&order, 0);
        poll_fn(move |_| {
            order.borrow_mut().push(name);
            polls += 1;
            if polls == 4 { Poll::Ready(()) } else { Poll::Pending }
        })
    };
    block_on(async { join!(note('a'), note('b'), note('c')) });
    assert_eq!(*order.borrow(), "abcbcacababc");
    order.borrow_mut().clear();
    block_on(async { join!(biased; note('a'), note('b'), note('c')) });
    assert_eq!(*order.borrow(), "abcabcabcabc");
}

#[test]
fn try_join_ends_at_the_first_error() {
    assert_eq!(block_on(async { try_join!(ready_at(2, Ok::<_, ()>(1)), ready(Ok('x'))) }), Ok((1, 'x')));
    assert_eq!(
        block_on(async { try_join!(pending::<Result<u8, _>>(), ready_at(2, Err::<u8, _>("no"))) }),
        Err("no")
    );
    assert_eq!(block_on(async { Ok::<(), ()>(try_join!()?) }), Ok(()));
    assert_eq!(block_on(async { Ok::<(), ()>(try_join!(biased;)?) }), Ok(()));
}

#[test]
fn errors_and_outputs_without_values_compile() {
    let joined = block_on(async { try_join!(ready(Ok::<_, Infallible>(1)), ready(Ok(2))) });
    assert_eq!(joined, Ok((1, 2)));
    async fn fails() -> Result<Infallible, u8> {
        Err(3)
    }
    assert!(matches!(block_on(async { try_join!(fails()) }), Err(3)));
}

#[test]
fn the_question_mark_works_on_the_result() {
    async fn sum() -> Result<u8, String> {
        let (a, b) = try_join!(async { Ok::<_, String>(1) }, ready_at(2, Ok(2)))?;
        Ok(a + b)
    }
    assert_eq!(block_on(sum()), Ok(3));
}
