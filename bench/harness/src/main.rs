//! Runs one command as a Lambda function on loopback, feeds it PagerDuty webhooks, measures it and checks what it posts.

mod aws;
mod chat;
mod child;
mod event;
mod fakes;
mod faults;
mod google;
mod options;
mod report;
mod roster;
mod runtime;

use chrono::Utc;
use fakes::Fakes;
use faults::{Faults, Service};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use options::Options;
use runtime::Runtime;
use std::io::{Read as _, Seek as _, SeekFrom};
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
    let template = event::Template::parse(&event, SIGNING_SECRET, options.body_kib, options.carrier, now)?;
    let text = |e: io::Error| e.to_string();
    let lambda = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let others = TcpListener::bind("127.0.0.1:0").await.map_err(text)?;
    let base = format!("http://{}", others.local_addr().map_err(text)?);

    let faults = Faults::new(options.faults.clone(), options.seed);
    let resets = faults.any();
    let mut chat = chat::Chat::default();
    chat.offset = options.offset;
    chat.pair_optional = faults.hit(&[Service::Token, Service::Sheets]);
    let fakes = Rc::new(RefCell::new(Fakes {
        google: google::Google::new(&base, now),
        chat,
        faults,
        delay: options.delay,
        calls: fakes::Calls::default(),
        connections: 0,
        faults_played: 0,
        errors: Vec::new(),
    }));
    let env = environment(&options, &lambda.local_addr().map_err(text)?.to_string(), &base, &fakes.borrow());
    let runtime = Rc::new(RefCell::new(Runtime::new(template, fakes.clone(), options.events, options.posts)));
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
    let mut output = String::new();
    log.seek(SeekFrom::Start(0)).and_then(|_| log.read_to_string(&mut output)).ok();
    Ok(report::print(&options, &runtime.borrow(), &last, &output))
}

/// The function's whole environment: what Lambda sets, and the settings under the product's names.
fn environment(options: &Options, lambda: &str, base: &str, fakes: &Fakes) -> Vec<(String, String)> {
    let slack = format!("{base}/api");
    let key = fakes.google.service_account_key();
    let own = [
        ("AWS_LAMBDA_RUNTIME_API", lambda),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_REGION", "ap-northeast-1"),
        ("AWS_DEFAULT_REGION", "ap-northeast-1"),
        ("AWS_ACCESS_KEY_ID", "bench"),
        ("AWS_SECRET_ACCESS_KEY", "bench"),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
        ("PAGERDUTY_WEBHOOK_SECRETS", SIGNING_SECRET),
        ("SLACK_BOT_TOKEN", chat::SLACK_TOKEN),
        ("SLACK_CHANNEL", chat::SLACK_CHANNEL),
        ("FALLBACK_MENTION_SLACK", "<!subteam^S0FALLBACK>"),
        ("SLACK_BASE_URL", &slack),
        ("GOOGLE_SHEET_ID", google::SHEET_ID),
        ("GOOGLE_SERVICE_ACCOUNT_KEY", &key),
        ("GOOGLE_SHEETS_BASE_URL", base),
        ("ROTATION_RANGE", "rotation!A:Z"),
        ("MEMBERS_RANGE", "members!A:Z"),
        ("TIME_ZONE", "Asia/Tokyo"),
        ("BUSINESS_HOURS", "00:00-24:00"),
        ("BUSINESS_DAYS", "Mon-Sun"),
        ("NATIONAL_HOLIDAYS", "none"),
        ("MESSAGE_LANGUAGE", "en"),
    ];
    let queue = format!("{base}/123456789012/bench.fifo");
    // In front of a queue the function reads its secrets from the store, as when it is deployed.
    let in_front = [
        ("QUEUE_URL", queue.as_str()),
        ("AWS_ENDPOINT_URL", base),
        ("PARAMETERS_PATH", aws::SECRETS_PATH),
        ("PAGERDUTY_WEBHOOK_SECRETS", ""),
    ];
    let in_front = in_front.iter().filter(|_| options.queue);
    let more = options.set.iter().map(|(name, value)| (name.clone(), value.replace("{fakes}", base)));
    let named = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, value) in own.iter().chain(in_front).map(named).chain(more) {
        all.retain(|(known, _)| *known != name);
        all.push((name, value));
    }
    all
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
