//! A client with no library between it and the wire.

use std::io::ErrorKind;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// How a call ended.
#[derive(Debug, PartialEq)]
pub enum Ending {
    Answered {
        status: u16,
        /// As they came, in lower case, without `content-length`.
        headers: Vec<String>,
        body: String,
    },
    Reset,
    /// The server closed only after the client had.
    NeverAnswered,
}

impl Ending {
    pub fn body(&self) -> Value {
        let Self::Answered { body, .. } = self else {
            panic!("expected an answer, look at how the call ended: {self:?}");
        };
        serde_json::from_str(body).unwrap_or_else(|_| Value::from(body.as_str()))
    }

    /// The value of a header, named in lower case.
    pub fn header(&self, name: &str) -> &str {
        let Self::Answered { headers, .. } = self else {
            panic!("expected an answer, look at how the call ended: {self:?}");
        };
        let value = headers.iter().find_map(|header| header.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("expected a header {name}, look at {headers:?}"))
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::Answered { status, .. } => *status,
            _ => panic!("expected an answer, look at how the call ended: {self:?}"),
        }
    }
}

/// A connection that is kept for several calls.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub async fn connect(origin: &str) -> Self {
        let address = origin.strip_prefix("http://").expect("the fakes speak plain HTTP");
        let stream = TcpStream::connect(address).await.expect("the fake listens");
        Self(BufReader::new(stream))
    }

    /// Sends a request without waiting for its answer.
    pub async fn send(&mut self, line: &str, headers: &[(&str, &str)], body: &str) {
        let mut wire = format!("{line} HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            wire += &format!("{name}: {value}\r\n");
        }
        wire += &format!("\r\n{body}");
        self.0.write_all(wire.as_bytes()).await.expect("the fake reads");
    }

    /// The answer to the oldest request that has none.
    pub async fn ending(&mut self) -> Ending {
        let mut status_line = String::new();
        match self.0.read_line(&mut status_line).await {
            Ok(0) => return Ending::NeverAnswered,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ending::Reset,
            Err(error) => panic!("the connection broke in another way than a reset: {error}"),
        }
        let status = status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut headers = Vec::new();
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).await.expect("headers end in an empty line");
            match line.trim().to_lowercase() {
                line if line.is_empty() => break,
                line => match line.strip_prefix("content-length: ") {
                    Some(bytes) => length = bytes.parse().expect("a length in bytes"),
                    None => headers.push(line),
                },
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.expect("the body is as long as was said");
        Ending::Answered {
            status: status.expect("a status line has a status"),
            headers,
            body: String::from_utf8(body).expect("the fakes answer in UTF-8"),
        }
    }

    pub async fn call(&mut self, line: &str, headers: &[(&str, &str)], body: &str) -> Ending {
        self.send(line, headers, body).await;
        self.ending().await
    }

    /// Gives up: what has not been answered by now never is.
    pub async fn give_up(mut self) -> Ending {
        self.0.shutdown().await.expect("the connection is open");
        self.ending().await
    }
}
