//! Requests to the page, as a browser sends them or with any other headers.

use crate::command_line::Demo;
use crate::kit::LIMIT;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// A header's value; empty if it is missing.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A browser that has loaded the page of a running `toban demo`.
pub struct Visitor {
    pub port: u16,
    pub token: String,
}

impl Visitor {
    /// Loads the page.
    pub async fn of(demo: &Demo) -> Self {
        Self::at(demo.port).await
    }

    /// Loads the page that is served on a port.
    pub async fn at(port: u16) -> Self {
        let mut visitor = Self { port, token: String::new() };
        let page = visitor.request("GET", "/", &[("host", &visitor.host())], b"").await;
        assert_eq!(page.status, 200, "{}", page.body);
        let (_, rest) = page.body.split_once("name=\"toban-token\" content=\"").expect("a token");
        visitor.token = rest.split('"').next().unwrap_or_default().to_owned();
        visitor
    }

    pub fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.host())
    }

    /// The headers that the page itself sends.
    pub fn own(&self) -> Vec<(&'static str, String)> {
        vec![("host", self.host()), ("origin", self.origin()), ("x-toban-page", self.token.clone())]
    }

    /// Sends a request with exactly these headers.
    pub async fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut stream = self.send(method, path, headers, body).await;
        let mut bytes = Vec::new();
        timeout(LIMIT, stream.read_to_end(&mut bytes)).await.expect("in time").expect("readable");
        let text = String::from_utf8_lossy(&bytes);
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.expect("it listens");
        let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
        if method == "POST" {
            head += &format!("content-length: {}\r\n", body.len());
            if !headers.iter().any(|(name, _)| *name == "content-type") {
                head += "content-type: application/json\r\n";
            }
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes()).await.expect("writable");
        stream.write_all(body).await.expect("writable");
        stream
    }

    /// Sends a control's action.
    pub async fn press(&self, act: Value) -> Answer {
        let own = self.own();
        let headers: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.request("POST", "/page/act", &headers, act.to_string().as_bytes()).await
    }

    /// Sends a control's action, which must succeed.
    pub async fn presses(&self, act: Value) -> Value {
        let answer = self.press(act.clone()).await;
        assert_eq!(answer.status, 200, "{act}: {}", answer.body);
        answer.json()
    }

    /// Reads the event stream until a view matches.
    pub async fn sees(&self, wanted: impl Fn(&Value) -> bool) -> Value {
        let own = self.own();
        let headers: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut stream = self.send("GET", "/page/news", &headers, b"").await;
        let seen = async {
            let mut bytes = Vec::new();
            let mut buffer = vec![0; 65536];
            loop {
                let read = stream.read(&mut buffer).await.expect("readable");
                assert_ne!(read, 0, "the stream has ended: {}", String::from_utf8_lossy(&bytes));
                bytes.extend_from_slice(&buffer[..read]);
                let text = unchunked(&bytes);
                let events: Vec<_> = text.split("\n\n").collect();
                let whole = events.len().saturating_sub(1);
                let news = events[..whole].iter().filter_map(|event| event.strip_prefix("data: "));
                let news = news.map(|data| serde_json::from_str(data).expect("JSON"));
                if let Some(view) = news.into_iter().find(|view| wanted(view)) {
                    return view;
                }
            }
        };
        timeout(LIMIT, seen).await.expect("it is seen in time")
    }

    /// The current view.
    pub async fn view(&self) -> Value {
        self.sees(|_| true).await
    }

    /// Starts listening and returns the connection.
    pub async fn listens(&self) -> TcpStream {
        let own = self.own();
        let headers: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.send("GET", "/page/news", &headers, b"").await
    }

    /// Sends the sample of that name.
    pub async fn sends(&self, name: &str) -> Value {
        self.presses(json!({"do": "sample", "name": name})).await
    }
}

/// The body of a chunked answer, as far as complete chunks have arrived.
fn unchunked(bytes: &[u8]) -> String {
    let Some(start) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { return String::new() };
    let mut rest = &bytes[start + 4..];
    let mut body = Vec::new();
    while let Some(line) = rest.windows(2).position(|window| window == b"\r\n") {
        let size = std::str::from_utf8(&rest[..line]).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
        let (Some(size), from) = (size, line + 2) else { break };
        let Some(chunk) = rest.get(from..from + size) else { break };
        body.extend_from_slice(chunk);
        rest = rest.get(from + size + 2..).unwrap_or_default();
    }
    String::from_utf8_lossy(&body).into_owned()
}

/// The posts of the first or second chat: time, whether somebody is mentioned, text.
pub fn posts(view: &Value, chat: usize) -> Vec<(String, bool, String)> {
    let posts = view["chats"][chat]["posts"].as_array().cloned().unwrap_or_default();
    let one = |post: &Value| {
        let request = &post["request"];
        let text = request["text"].as_str().or_else(|| request["message"].as_str()).unwrap_or_default();
        (post["time"].as_str().unwrap_or_default().to_owned(), post["pings"] == true, text.to_owned())
    };
    posts.iter().map(one).collect()
}

/// The newest entry of the journal.
pub fn newest(view: &Value) -> Value {
    view["journal"].as_array().and_then(|entries| entries.last()).cloned().unwrap_or_default()
}
