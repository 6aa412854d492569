//! One HTTP call on a new connection.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use crate::kit::LIMIT;

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

/// Posts to the root of `url`, which is `http://` and an address.
pub async fn post(url: &str, headers: &[(&str, String)], body: &str) -> Answer {
    let Some(address) = url.strip_prefix("http://") else {
        panic!("the kit speaks plain HTTP, look at AWS_ENDPOINT_URL: {url}");
    };
    let mut head = format!("POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let wire = format!("{head}Connection: close\r\n\r\n{body}");
    match tokio::time::timeout(LIMIT, exchange(address, wire.as_bytes())).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => panic!("{url} cannot be called, look at whether tests/aws/moto runs: {error}"),
        Err(_) => panic!("{url} did not answer within {LIMIT:?}"),
    }
}

async fn exchange(address: &str, wire: &[u8]) -> io::Result<Answer> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    stream.get_ref().set_nodelay(true)?;
    stream.write_all(wire).await?;
    let invalid = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| invalid("the answer has no status"))?;
    let mut length = None;
    while !line.trim_end().is_empty() {
        line.clear();
        stream.read_line(&mut line).await?;
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
    // Not until the connection ends: moto takes its time with that.
    let mut body = vec![0; length.ok_or_else(|| invalid("the answer has no length"))?];
    stream.read_exact(&mut body).await?;
    Ok(Answer { status, body })
}
