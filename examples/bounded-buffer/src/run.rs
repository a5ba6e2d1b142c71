//! Readers and writers.

use std::fmt;

use crate::{BoundedBuffer, Wakes};

/// Who uses a buffer, and how often.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Configuration {
    /// For how many values there is room.
    pub size: usize,
    /// How many threads take.
    pub readers: usize,
    /// How many threads put.
    pub writers: usize,
    /// How many values each reader takes.
    pub takes: usize,
}

impl Configuration {
    /// The smallest that we know to hang: room for one value, two readers, one writer.
    pub const MINIMAL: Configuration = Configuration { size: 1, readers: 2, writers: 1, takes: 5 };

    /// Draws one.
    pub fn random() -> Configuration {
        let up_to = |most| 1 + coyote::choose(most) as usize;
        Configuration { size: up_to(5), readers: up_to(5), writers: up_to(5), takes: up_to(10) }
    }

    /// Returns how many values a writer puts: as many as are taken, the last one the remainder.
    fn puts_of(&self, writer: usize) -> usize {
        let all = self.readers * self.takes;
        let share = all / self.writers;
        if writer + 1 == self.writers { all - share * (self.writers - 1) } else { share }
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Configuration { size, readers, writers, takes } = self;
        write!(f, "room for {size}, {readers} readers that take {takes} each, {writers} writers")
    }
}

/// Has all values put and taken, and waits for all threads.
#[coyote::instrument]
pub fn run(configuration: Configuration, wakes: Wakes) {
    let buffer = BoundedBuffer::new(configuration.size, wakes);
    let buffer = &buffer;
    let taken = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..configuration.readers)
            .map(|_| scope.spawn(move || (0..configuration.takes).map(|_| buffer.take()).sum::<usize>()))
            .collect();
        for writer in 0..configuration.writers {
            scope.spawn(move || (0..configuration.puts_of(writer)).for_each(|_| buffer.put(1)));
        }
        readers.into_iter().map(|reader| reader.join().expect("no reader panics")).sum::<usize>()
    });
    coyote::spec::assert!(
        taken == configuration.readers * configuration.takes,
        "values were lost, or taken twice"; taken, configuration
    );
}
