//! What the code under test logs in this process.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

/// What this thread logs while the value exists.
pub struct Log {
    text: Text,
    _scope: DefaultGuard,
}

#[derive(Clone, Default)]
struct Text(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn new() -> Self {
        // While there is one alone, a line that another thread comes to first is taken for one that nobody wants.
        static ANOTHER: OnceLock<Dispatch> = OnceLock::new();
        ANOTHER.get_or_init(|| tracing_subscriber::fmt().with_writer(io::sink).finish().into());
        let text = Text::default();
        let writer = text.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        Self { text, _scope: tracing::subscriber::set_default(subscriber) }
    }

    /// All of it, a line for each event.
    pub fn text(&self) -> String {
        String::from_utf8(self.text.0.lock().expect("no test panics in it").clone()).expect("UTF-8")
    }

    /// The warnings.
    #[cfg(feature = "aws-tests")]
    pub fn warnings(&self) -> Vec<String> {
        self.text().lines().filter(|line| line.contains(" WARN ")).map(str::to_owned).collect()
    }
}

impl io::Write for Text {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no test panics in it").write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
