//! A client retries for ever to register with a server that has shut down in between.
//!
//! Everything runs, and nothing is achieved: a livelock, once the server has stopped before the client was there.
//! That the client comes through eventually is demanded in its text. No preemption is needed.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "retry_livelock",
    family: Family::Async,
    depth: 0,
    expected: Expected::Livelock,
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};

    use tokio::task::yield_now;

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Status {
        Starting,
        Running,
        Stopped,
    }

    struct Server {
        status: Mutex<Status>,
        clients: Mutex<u32>,
    }

    #[derive(PartialEq, Eq)]
    enum Refused {
        NotRunning,
        Gone,
    }

    impl Server {
        fn register(&self) -> Result<(), Refused> {
            match *self.status.lock().unwrap() {
                Status::Starting => Err(Refused::NotRunning),
                Status::Running => {
                    *self.clients.lock().unwrap() += 1;
                    Ok(())
                }
                Status::Stopped => Err(Refused::Gone),
            }
        }

        async fn serve(&self) {
            *self.status.lock().unwrap() = Status::Running;
            yield_now().await;
            *self.status.lock().unwrap() = Status::Stopped;
        }
    }

    /// Retries whatever the reason.
    async fn connect(server: &Server) {
        while server.register().is_err() {
            yield_now().await;
        }
    }

    async fn connect_unless_gone(server: &Server) {
        while server.register() == Err(Refused::NotRunning) {
            yield_now().await;
        }
    }

    fn server() -> Arc<Server> {
        Arc::new(Server { status: Mutex::new(Status::Starting), clients: Mutex::new(0) })
    }

    pub(super) async fn buggy() {
        let server = server();
        let serving = Arc::clone(&server);
        let serving = tokio::spawn(async move { serving.serve().await });
        coyote::spec::eventually(connect(&server)).await;
        serving.await.unwrap();
    }

    pub(super) async fn correct() {
        let server = server();
        let serving = Arc::clone(&server);
        let serving = tokio::spawn(async move { serving.serve().await });
        coyote::spec::eventually(connect_unless_gone(&server)).await;
        serving.await.unwrap();
    }
}
