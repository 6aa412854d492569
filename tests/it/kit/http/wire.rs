//! Requests and responses as bytes.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::{Request, Response};

/// The next request, or `None` when the client has closed the connection.
pub async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut words = line.split_whitespace();
    let (Some(method), Some(target), Some("HTTP/1.1")) = (words.next(), words.next(), words.next()) else {
        return Err(invalid("no request line of HTTP/1.1"));
    };
    let mut request =
        Request { method: method.to_owned(), target: target.to_owned(), headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        // A client that was killed has not sent a request without the rest of its headers.
        if !line.ends_with('\n') {
            return Err(invalid("a head that is broken off"));
        }
        if line.trim_end().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').ok_or_else(|| invalid("a header without a colon"))?;
        request.headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    if request.header("transfer-encoding").is_some() {
        return Err(invalid("a body without Content-Length, which this server does not read"));
    }
    let length = request.header("content-length").unwrap_or("0");
    let length = length.parse().map_err(|_| invalid("a Content-Length that is not a number"))?;
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

pub async fn write(stream: &mut BufReader<TcpStream>, response: &Response) -> io::Result<()> {
    let mut wire = format!("HTTP/1.1 {} \r\n", response.status);
    for (name, value) in &response.headers {
        wire += &format!("{name}: {value}\r\n");
    }
    wire += &format!("Content-Length: {}\r\n\r\n{}", response.body.len(), response.body);
    stream.write_all(wire.as_bytes()).await
}
