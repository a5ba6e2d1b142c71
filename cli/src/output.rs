//! What is said: for people on standard error, for programs on standard output.

mod human;
mod json;
mod table;

pub(crate) use human::{Human, Style, here, quote};
pub(crate) use json::{Json, listed};

use std::collections::BTreeMap;

use crate::run::{Finished, Listener, Running};

/// Both.
pub(crate) struct Both {
    pub(crate) human: Human,
    pub(crate) json: Option<Json>,
}

impl Listener for Both {
    fn started(&mut self, running: &Running) {
        self.human.started(running);
        if let Some(json) = &mut self.json {
            json.started(running);
        }
    }

    fn looked(&mut self, running: &BTreeMap<usize, Running>) {
        self.human.looked(running);
        if let Some(json) = &mut self.json {
            json.looked(running);
        }
    }

    fn finished(&mut self, finished: &Finished) {
        self.human.finished(finished);
        if let Some(json) = &mut self.json {
            json.finished(finished);
        }
    }
}
