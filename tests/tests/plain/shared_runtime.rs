//! A runtime in a static, which several tests share: whoever comes later uses the real one.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

fn use_it() {
    let task = RUNTIME.spawn(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        tokio::spawn(async { 2 }).await.unwrap()
    });
    assert_eq!(RUNTIME.block_on(task).unwrap(), 2);
    assert_eq!(RUNTIME.handle().block_on(async { tokio::task::spawn_blocking(|| 3).await.unwrap() }), 3);
    let _guard = RUNTIME.enter();
    drop(tokio::spawn(async {}));
}

#[test]
fn one_test_uses_it() {
    use_it();
}

#[test]
fn another_test_uses_it() {
    use_it();
}

#[test]
fn a_test_with_a_runtime_of_its_own_uses_it() {
    let own = Runtime::new().unwrap();
    use_it();
    own.block_on(async { tokio::time::sleep(Duration::from_secs(3600)).await });
}
