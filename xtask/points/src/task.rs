//! `tokio::task`, and the macros.

use std::future::poll_fn;

use coyote_shim::tokio;
use tokio::runtime::Handle;
use tokio::task::{JoinSet, LocalSet};

use crate::measure::{Points, op};

pub(crate) fn run(points: &mut Points) {
    points.count(|counts| async move {
        op!(counts, tokio::spawn(async {})).await.expect("no panic");
        let task = op!(counts, tokio::task::spawn(std::future::pending::<()>()));
        op!(counts, tokio::task::JoinHandle::is_finished(&task));
        op!(counts, tokio::task::JoinHandle::abort(&task));
        let abort = task.abort_handle();
        op!(counts, tokio::task::AbortHandle::is_finished(&abort));
        op!(counts, tokio::task::AbortHandle::abort(&abort));
        assert!(op!(counts, [tokio::task::JoinHandle: Future] task.await).is_err());
        op!(counts, tokio::task::spawn_blocking(|| ())).await.expect("no panic");
        op!(counts, tokio::task::yield_now() await);
    });
    points.count(|counts| async move {
        let yields = || tokio::task::yield_now();
        op!(counts, [tokio::select: macro] tokio::select! { () = yields() => {}, () = yields() => {} });
        let ready = || std::future::ready(Ok::<(), ()>(()));
        op!(counts, [tokio::join: macro] tokio::join!(tokio::task::yield_now(), ready())).1.expect("ready");
        let yields = async {
            tokio::task::yield_now().await;
            ready().await
        };
        op!(counts, [tokio::try_join: macro] tokio::try_join!(yields, ready())).expect("ready");
    });
    points.count(join_set);
    points.count(|counts| async move {
        let set = LocalSet::new();
        op!(counts, tokio::task::LocalSet::spawn_local(&set, async {}));
        let inner = counts.clone();
        op!(counts, tokio::task::LocalSet::run_until(&set, async move {
            op!(inner, tokio::task::spawn_local(tokio::task::yield_now())).await.expect("no panic");
        }) await);
        let own = set.spawn_local(tokio::task::yield_now());
        set.await;
        own.await.expect("no panic");
    });
    points.count_in_thread(|counts| {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let set = LocalSet::new();
        op!(counts, tokio::task::LocalSet::block_on(&set, &runtime, async {}));
    });
}

async fn join_set(counts: crate::measure::Counts) {
    let mut set = JoinSet::new();
    op!(counts, tokio::task::JoinSet::spawn(&mut set, async { 1 }));
    op!(counts, tokio::task::JoinSet::spawn_on(&mut set, async { 2 }, &Handle::current()));
    op!(counts, tokio::task::JoinSet::spawn_blocking(&mut set, || 3));
    op!(counts, tokio::task::JoinSet::spawn_blocking_on(&mut set, || 4, &Handle::current()));
    op!(counts, tokio::task::JoinSet::join_next(&mut set) await).expect("a task").expect("no panic");
    op!(counts, tokio::task::JoinSet::join_next_with_id(&mut set) await).expect("a task").expect("no panic");
    poll_fn(|cx| op!(counts, tokio::task::JoinSet::poll_join_next(&mut set, cx))).await;
    poll_fn(|cx| op!(counts, tokio::task::JoinSet::poll_join_next_with_id(&mut set, cx))).await;

    set.spawn(async { 5 });
    op!(counts, tokio::task::JoinSet::try_join_next(&mut set));
    set.spawn(async { 6 });
    op!(counts, tokio::task::JoinSet::try_join_next_with_id(&mut set));
    op!(counts, [tokio::task::JoinSet: Extend<F>] set.extend([std::future::ready(7)]));
    op!(counts, tokio::task::JoinSet::abort_all(&mut set));
    op!(counts, tokio::task::JoinSet::shutdown(&mut set) await);

    let collected: JoinSet<i32> =
        op!(counts, [tokio::task::JoinSet: FromIterator<F>] [std::future::ready(8)].into_iter().collect());
    op!(counts, tokio::task::JoinSet::join_all(collected) await);
    set.spawn(std::future::pending());
    op!(counts, [tokio::task::JoinSet: Drop] drop(set));

    let mut set = JoinSet::new();
    let local = LocalSet::new();
    op!(counts, tokio::task::JoinSet::spawn_local_on(&mut set, async {}, &local));
    local
        .run_until(async {
            op!(counts, tokio::task::JoinSet::spawn_local(&mut set, async {}));
            while set.join_next().await.is_some() {}
        })
        .await;
}
