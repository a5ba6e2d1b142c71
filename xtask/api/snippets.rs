// Uses that no signature describes: macros, attributes. Each is a part of the program that xtask compiles.

// row: tokio
use krate as used;

// row: tokio::select
pub async fn used() -> u8 {
    krate::select! {
        biased;
        () = async {} => 1,
        Some(n) = async { None }, if true => n,
        else => 2,
    }
}

// row: tokio::join
pub async fn used() -> (u8, ()) {
    let _: (u8, ()) = krate::join!(biased; async { 1 }, async {});
    krate::join!(async { 1 }, async {},)
}

// row: tokio::try_join
pub async fn used() -> Result<(u8, ()), String> {
    krate::try_join!(async { Ok(1) }, async { Ok(()) },)
}

// row: tokio::pin
pub async fn used() {
    let first = async {};
    krate::pin!(first);
    krate::pin! { let second = async {}; }
    (first.as_mut().await, second.await);
}

// row: tokio::task_local
krate::task_local! {
    pub static ONE: u8;
    #[allow(unused)]
    static TWO: String;
}
pub fn used() -> &'static krate::task::LocalKey<u8> { &ONE }

// row: tokio::main
#[krate::main(flavor = "current_thread", start_paused = true, crate = "krate")]
pub async fn used() {}
#[krate::main(flavor = "multi_thread", worker_threads = 2, crate = "krate")]
async fn more() -> Result<(), String> { Ok(()) }

// row: tokio::test
#[krate::test(flavor = "current_thread", start_paused = true, crate = "krate")]
async fn used() {}
#[krate::test(flavor = "multi_thread", worker_threads = 2, crate = "krate")]
#[should_panic]
async fn more() -> Result<(), String> { Ok(()) }

// row: tokio::macros::support::RotatorSelect::Rotator
pub type Used = <krate::macros::support::SelectNormal as krate::macros::support::RotatorSelect>::Rotator<2>;

// row: tokio::macros::support::maybe_done
pub async fn used() -> Option<u8> {
    // The type that it returns has no public name.
    let mut done = ::std::pin::pin!(krate::macros::support::maybe_done(async { 1 }));
    done.as_mut().await;
    done.as_mut().output_mut().map(|_| ());
    done.as_mut().take_output()
}

// row: tokio::task::LocalKey::try_with
pub fn used<T: 'static, R, F: FnOnce(&T) -> R>(key: &'static krate::task::LocalKey<T>, f: F) -> Option<R> {
    // The error's type has no public name.
    fn error<E: ::std::error::Error + Clone + Copy + PartialEq + Eq>(_: E) {}
    key.try_with(f).map_err(error).ok()
}

// row: tokio::task::LocalKey::try_get
pub fn used<T: 'static + Clone>(key: &'static krate::task::LocalKey<T>) -> Option<T> {
    key.try_get().map_err(|error| { let _: &dyn ::std::error::Error = &error; }).ok()
}
