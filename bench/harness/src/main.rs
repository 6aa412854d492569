//! Runs one command as a Lambda function on loopback, feeds it PagerDuty webhooks, measures it and checks what it posts.

mod aws;
mod calls;
mod chat;
mod child;
mod environment;
mod event;
mod fakes;
mod faults;
mod google;
mod options;
mod parameters;
mod queue;
mod report;
mod roster;
mod runtime;
mod table;

use chrono::Utc;
use event::Feed;
use fakes::Fakes;
use faults::{Faults, Service};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use options::{Options, Role};
use runtime::Runtime;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::ExitCode;
use std::{cell::RefCell, fs, io, rc::Rc};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{LocalSet, spawn_local};

const SIGNING_SECRET: &str = "benchSigningSecret/0123456789abcdefghijklmnopqrstuvwxyzABC==";

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    };
    let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be built");
    match LocalSet::new().block_on(&tokio, run(options)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("harness: {why}");
            ExitCode::from(2)
        }
    }
}

/// `true` when every incident was posted once and nothing was wrong.
async fn run(options: Options) -> Result<bool, String> {
    let event = match &options.event {
        Some(path) => fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?,
        None => include_str!("../event.json").to_owned(),
    };
    let now = Utc::now();
    let feed = match &options.role {
        Role::Presses => Feed::Presses(event::Presses::new(SIGNING_SECRET, now)),
        Role::Worker(file) => Feed::Queued(messages(file, options.events)?),
        _ => Feed::New(Box::new(event::Template::parse(&event, SIGNING_SECRET, options.body_kib, now)?)),
    };
    let text = |e: io::Error| e.to_string();
    let lambda = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let others = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let base = format!("http://{}", others.local_addr().map_err(text)?);

    let faults = Faults::new(options.faults.clone(), options.seed);
    let resets = faults.any();
    let mut chat = chat::Chat::default();
    chat.offset = options.offset;
    chat.pair_optional = faults.hit(&[Service::Token, Service::Sheets]);
    let google = google::Google::new(&base, now);
    let parameters = parameters::Parameters(vec![
        ("PAGERDUTY_WEBHOOK_SECRETS", SIGNING_SECRET.to_owned()),
        ("SLACK_SIGNING_SECRETS", SIGNING_SECRET.to_owned()),
        ("SLACK_BOT_TOKEN", chat::SLACK_TOKEN.to_owned()),
        ("GOOGLE_SERVICE_ACCOUNT_KEY", google.service_account_key()),
    ]);
    let fakes = Rc::new(RefCell::new(Fakes {
        google,
        chat,
        queues: queue::Queues::new(&base),
        table: table::Table::default(),
        parameters,
        faults,
        delay: options.delay,
        calls: calls::Calls::default(),
        first_told: None,
        connections: 0,
        faults_played: 0,
        errors: Vec::new(),
    }));
    let env =
        environment::environment(&options, &lambda.local_addr().map_err(text)?.to_string(), &base, &fakes.borrow());
    let runtime = Rc::new(RefCell::new(Runtime::new(feed, fakes.clone(), options.events, &options.role)));
    let done = runtime.borrow().done.clone();

    let counted = fakes.clone();
    spawn_local(serve(
        others,
        move |stream| {
            counted.borrow_mut().connections += 1;
            // So that a connection that the fake drops is reset instead of closed.
            if resets { stream.set_zero_linger() } else { Ok(()) }
        },
        {
            let fakes = fakes.clone();
            move |request| fakes::answer(fakes.clone(), request)
        },
    ));
    spawn_local(serve(lambda, |_| Ok(()), {
        let runtime = runtime.clone();
        move |request| runtime::answer(runtime.clone(), request)
    }));

    let mut log = unlinked_file().map_err(|e| format!("no temporary file: {e}"))?;
    let started = child::start(&options.command, &env, options.core, log.try_clone().map_err(text)?);
    let (mut child, started) = started.map_err(|e| format!("{}: {e}", options.command[0]))?;
    let pid = child.id().unwrap_or_default();
    {
        let mut runtime = runtime.borrow_mut();
        runtime.started = started;
        runtime.pid = pid;
    }
    let end = tokio::select! {
        () = done.notified() => None,
        status = child.wait() => Some(format!("the function ended by itself: {}", status.map_or_else(|e| e.to_string(), |s| s.to_string()))),
        () = tokio::time::sleep(options.limit) => Some(format!("the run was not over after {:?}", options.limit)),
    };
    let last = report::Last::of(pid);
    child.kill().await.ok();
    if let Some(why) = end {
        fakes.borrow_mut().errors.push(why);
    }
    if let Role::Front(file) = &options.role {
        let lines: String = fakes.borrow().queues.messages.iter().map(|message| message.to_line() + "\n").collect();
        fs::write(file, lines).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let mut output = String::new();
    log.seek(SeekFrom::Start(0)).and_then(|_| log.read_to_string(&mut output)).ok();
    Ok(report::print(&options, &runtime.borrow(), &last, &output))
}

/// What a front of a queue has left in the file.
fn messages(file: &Path, wanted: u64) -> Result<Vec<queue::Message>, String> {
    let fault = |why: &str| format!("{}: {why}", file.display());
    let text = fs::read_to_string(file).map_err(|e| fault(&e.to_string()))?;
    let messages = text.lines().map(queue::Message::from_line).collect::<Option<Vec<_>>>();
    let messages = messages.ok_or_else(|| fault("not messages of --front"))?;
    if (messages.len() as u64) < wanted {
        return Err(fault(&format!("{} messages only", messages.len())));
    }
    Ok(messages)
}

async fn serve<F, R>(listener: TcpListener, opened: impl Fn(&TcpStream) -> io::Result<()>, answer: F)
where
    F: Fn(Request<Incoming>) -> R + Clone + 'static,
    R: Future<Output = io::Result<Response<Full<Bytes>>>> + 'static,
{
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).ok();
        opened(&stream).ok();
        let answer = answer.clone();
        spawn_local(async move {
            let service = service_fn(answer);
            http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await.ok();
        });
    }
}

/// A file for what the function prints: cheaper than a pipe that must be read.
fn unlinked_file() -> io::Result<fs::File> {
    let path = std::env::temp_dir().join(format!("bench-harness-{}.log", std::process::id()));
    let file = fs::OpenOptions::new().read(true).append(true).create_new(true).open(&path)?;
    fs::remove_file(path)?;
    Ok(file)
}
