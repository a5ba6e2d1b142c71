//! Reads the lines that a test appends to a file while it runs.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use coyote_report::progress::Progress;

/// More than a test writes between two looks, by far: a file that grows faster is read in pieces.
const MOST: u64 = 1 << 20;

/// The lines of one file, as far as they were read.
#[derive(Debug)]
pub(crate) struct Lines {
    path: PathBuf,
    /// Bytes of whole lines that were read.
    read: u64,
}

impl Lines {
    pub(crate) fn new(path: PathBuf) -> Lines {
        Lines { path, read: 0 }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the lines that have come since, but for one that is not whole yet.
    pub(crate) fn read(&mut self) -> Vec<Progress> {
        let mut bytes = Vec::new();
        let read = File::open(&self.path).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.read))?;
            file.take(MOST).read_to_end(&mut bytes)
        });
        // A test that is not explored writes no file.
        let Ok(read) = read else { return Vec::new() };
        let whole = match bytes.iter().rposition(|&byte| byte == b'\n') {
            Some(last) => last + 1,
            // No line of ours is so long.
            None if read as u64 == MOST => read,
            None => 0,
        };
        self.read += whole as u64;
        String::from_utf8_lossy(&bytes[..whole]).lines().filter_map(Progress::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use coyote_report::progress::Numbers;

    use super::*;

    #[test]
    fn lines_are_read_once_and_whole() {
        let path = std::env::temp_dir().join(format!("coyote-lines-{}", std::process::id()));
        let mut lines = Lines::new(path.clone());
        assert!(lines.read().is_empty(), "there is no file yet");
        let line = Progress::Progress(Numbers { executions: 3, ..Numbers::default() });
        let text = line.to_line();
        fs::write(&path, format!("{text}noise\n{}", &text[..9])).expect("the file can be written");
        assert_eq!(lines.read(), std::slice::from_ref(&line));
        assert!(lines.read().is_empty());
        fs::write(&path, format!("{text}noise\n{text}")).expect("the file can be written");
        assert_eq!(lines.read(), [line]);
        fs::remove_file(&path).expect("it is there");
    }
}
