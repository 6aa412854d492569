//! The bodies to begin with: every one that the other tests know.

use fastrand::Rng;
use std::fs;
use std::path::{Path, PathBuf};

/// The folders with bodies; what is in the others of `tests/data` is no sender's.
const FOLDERS: [&str; 4] = ["pagerduty", "mackerel", "jenkins", "events"];

/// Bodies, sorted by path, so that a seed means the same on every machine.
pub struct Corpus(Vec<Vec<u8>>);

impl Corpus {
    pub fn read() -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let mut paths = Vec::new();
        FOLDERS.iter().for_each(|folder| collect(&data.join(folder), &mut paths));
        paths.sort();
        Self(paths.iter().map(|path| fs::read(path).expect("a readable file")).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn all(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(Vec::as_slice)
    }

    pub fn any(&self, rng: &mut Rng) -> &[u8] {
        &self.0[rng.usize(..self.0.len())]
    }
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            collect(&path, paths);
        } else if !name.ends_with(".ja.txt") && !name.ends_with(".en.txt") {
            paths.push(path);
        }
    }
}
