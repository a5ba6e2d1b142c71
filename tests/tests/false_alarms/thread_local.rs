//! Requests on a `current_thread` runtime keep their user in a `thread_local!`.
//! The mistake: it is read after an `.await`, when another request may have set it.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::cell::Cell;

    use tokio::runtime::Builder;
    use tokio::task::yield_now;

    std::thread_local! {
        static USER: Cell<u32> = const { Cell::new(0) };
    }

    pub(super) async fn read_before_await(user: u32) -> u32 {
        USER.set(user);
        let read = USER.get();
        yield_now().await;
        read
    }

    pub(super) async fn read_after_await(user: u32) -> u32 {
        USER.set(user);
        yield_now().await;
        USER.get()
    }

    pub(super) fn serve<F: Future<Output = u32> + Send + 'static>(request: fn(u32) -> F) {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let requests = [1, 2].map(|user| (user, tokio::spawn(request(user))));
            for (user, request) in requests {
                assert_eq!(request.await.unwrap(), user, "the user of another request");
            }
        });
        let elsewhere = std::thread::spawn(|| USER.get());
        assert_eq!(elsewhere.join().unwrap(), 0);
    }
}

use program::{read_after_await, read_before_await, serve};

#[test]
fn a_thread_local_holds_between_awaits() {
    threads(|| serve(read_before_await)).passes();
}

#[test]
fn a_thread_local_may_change_at_an_await() {
    threads(|| serve(read_after_await)).panics("the user of another request");
}
