//! Tasks on a runtime write to a file; then the program ends.
//! The mistake: the runtime is dropped before they have, which cancels them.

use std::sync::Arc;

use coyote::std::sync::Mutex;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

use crate::suite::threads;

fn write_file(wait: bool) {
    let file = Arc::new(Mutex::new(String::new()));
    let runtime = Runtime::new().expect("a runtime");
    let writer = runtime.spawn({
        let file = Arc::clone(&file);
        async move {
            file.lock().expect("nobody panics").push_str("begin ");
            yield_now().await;
            file.lock().expect("nobody panics").push_str("end");
        }
    });
    if wait {
        runtime.block_on(writer).expect("nobody aborts it");
    }
    drop(runtime);
    assert_eq!(*file.lock().expect("nobody panics"), "begin end", "the file is not complete");
}

fn twice() {
    let other = coyote::std::thread::spawn(|| write_file(true));
    write_file(true);
    other.join().expect("nobody panics");
}

#[test]
fn the_file_is_complete_once_its_writer_ended() {
    threads(twice).passes();
}

#[test]
fn dropping_the_runtime_cuts_the_file() {
    threads(|| write_file(false)).panics("the file is not complete");
}
