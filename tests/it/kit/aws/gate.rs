//! A proxy to AWS that a test can make fail.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{copy, copy_bidirectional, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::Aws;

/// An address on loopback behind which AWS is, unless the gate is closed: for `AWS_ENDPOINT_URL_DYNAMODB` and its
/// like, of one process or of all. Its connections are closed when it is dropped.
pub struct Gate {
    address: SocketAddr,
    way: watch::Sender<Way>,
    accepting: JoinHandle<()>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Way {
    Open,
    /// Connections are reset: those that there are, and every new one.
    Reset,
    /// Connections are held and carry nothing any more.
    Hang,
}

impl Gate {
    /// An open gate.
    pub async fn to(aws: &Aws) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let target: Arc<str> = aws.url().trim_start_matches("http://").into();
        let way = watch::Sender::new(Way::Open);
        let accepting = tokio::spawn(accept(listener, target, way.subscribe()));
        Self { address, way, accepting }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on every connection is reset, open ones too.
    pub fn reset(&self) {
        self.way.send_replace(Way::Reset);
    }

    /// From now on nothing is carried and nothing is answered, on open connections neither.
    pub fn hang(&self) {
        self.way.send_replace(Way::Hang);
    }

    /// From now on AWS is there again. Connections that hang are closed.
    pub fn open(&self) {
        self.way.send_replace(Way::Open);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, target: Arc<str>, way: watch::Receiver<Way>) {
    // Owned by this task, so that ending it ends every connection.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let target = target.clone();
        let way = way.clone();
        connections.spawn(async move {
            // On an error one side has left; the test sees what the client got.
            let _ = carry(stream, &target, way).await;
        });
    }
}

async fn carry(mut client: TcpStream, target: &str, mut way: watch::Receiver<Way>) -> io::Result<()> {
    client.set_nodelay(true)?;
    if *way.borrow_and_update() == Way::Open {
        let mut aws = TcpStream::connect(target).await?;
        aws.set_nodelay(true)?;
        tokio::select! {
            carried = copy_bidirectional(&mut client, &mut aws) => return carried.map(|_| ()),
            _ = way.wait_for(|way| *way != Way::Open) => {}
        }
    }
    let mut nowhere = sink();
    tokio::select! {
        biased;
        _ = way.wait_for(|way| *way != Way::Hang) => {}
        left = copy(&mut client, &mut nowhere) => return left.map(|_| ()),
    }
    let now = *way.borrow();
    match now {
        Way::Reset => client.set_zero_linger(),
        Way::Open | Way::Hang => Ok(()),
    }
}
