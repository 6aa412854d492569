//! One of a poller's workers: one process after another, and their batches.

use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::Run;
use super::answer;
use super::report::Kill;
use crate::kit::aws::{Chance, SqsMessage};
use crate::kit::{Function, Invocation};

/// How an invocation ended.
enum Ended {
    Answered(Value),
    /// With an error that it reported. The process goes on.
    Failed(String),
    Killed,
    TimedOut,
    Crashed(String),
}

/// Works until there is nothing more to do.
pub async fn work(run: Arc<Run>, index: usize) {
    let seed = run.options.chaos.map_or(0, |chaos| chaos.seed);
    let mut chance = Chance::seeded(seed.wrapping_add(index as u64));
    let mut function = run.start().await;
    while let Some(batch) = run.next().await {
        let started = Instant::now();
        run.tally().report.batches.push(batch.len());
        let (ended, running) = run.invoke(&function, &batch, &mut chance).await;
        let error = match ended {
            Ended::Answered(answer) => {
                run.settle(&answer, &batch).await;
                None
            }
            Ended::Killed => {
                run.tally().report.kills.push(Kill { batch, after: started.elapsed() });
                None
            }
            Ended::Failed(error) => Some(error),
            Ended::TimedOut => {
                run.tally().report.kills.push(Kill { batch, after: started.elapsed() });
                Some(format!("no answer within {:?}", run.options.time_limit))
            }
            Ended::Crashed(how) => Some(how),
        };
        run.tally().report.errors.extend(error);
        if !running {
            run.keep_logs(&function);
            function = run.start().await;
        }
    }
    run.keep_logs(&function);
}

impl Run {
    async fn start(&self) -> Arc<Function> {
        let env: Vec<_> = self.env.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Arc::new(Function::start(&self.binary, &env).await)
    }

    /// Hands the batch to the function. Returns how that ended, and whether the process still runs.
    async fn invoke(&self, function: &Arc<Function>, batch: &[SqsMessage], chance: &mut Chance) -> (Ended, bool) {
        let chaos = self.options.chaos.filter(|chaos| chance.hits(chaos.probability));
        let moment = chaos.map(|chaos| chance.within(chaos.within));
        let event = self.queue.event(batch);
        // In a separate task, because a process that ends by itself is a panic there.
        let mut invocation = tokio::spawn({
            let function = function.clone();
            let limit = self.options.time_limit;
            async move { function.invoke_within(&event, limit).await }
        });
        let cut_short = tokio::select! {
            biased;
            ended = &mut invocation => {
                return match ended {
                    Ok(Invocation::Answer(answer)) => (Ended::Answered(answer), true),
                    Ok(Invocation::Error(error)) => (Ended::Failed(error.to_string()), true),
                    Err(panic) => (Ended::Crashed(first_line(panic.into_panic())), false),
                };
            }
            () = tokio::time::sleep(moment.unwrap_or_default()), if moment.is_some() => Ended::Killed,
            () = tokio::time::sleep(self.options.time_limit) => Ended::TimedOut,
        };
        function.kill().await;
        // It may have answered, or ended by itself, in the last moment.
        match invocation.await {
            Ok(Invocation::Answer(answer)) => (Ended::Answered(answer), false),
            Ok(Invocation::Error(_)) | Err(_) => (cut_short, false),
        }
    }

    /// Deletes the messages that did not fail.
    async fn settle(&self, answer: &Value, batch: &[SqsMessage]) {
        let failed = match answer::failed(answer, batch) {
            Ok(failed) => failed,
            Err(problem) => return self.tally().problems.push(problem),
        };
        let overtaking = answer::overtaking(&failed, batch).into_iter().map(|message| {
            let id = &message.id;
            let group = message.group();
            format!("{id} went well although an earlier one of its group {group:?} failed and comes after it now")
        });
        self.tally().problems.extend(overtaking);
        self.tally().report.failed_records += failed.len();
        // SQS refuses the handles of a FIFO queue once the visibility has passed; moto would take them.
        if batch.iter().any(|message| message.asked.elapsed() >= self.queue.visibility) {
            self.tally().report.late += 1;
            return;
        }
        let done: Vec<_> = batch.iter().filter(|message| !failed.contains(&message.id)).collect();
        self.queue.delete(done.iter().copied()).await;
        self.tally().report.deleted += done.len();
    }

    fn keep_logs(&self, function: &Function) {
        self.tally().report.logs += &function.logs();
    }
}

/// The first line of a panic's message: the log, which comes after it, is kept anyway.
fn first_line(panic: Box<dyn std::any::Any + Send>) -> String {
    let message = panic.downcast::<String>().map_or_else(|_| "crashed".to_owned(), |message| *message);
    message.lines().next().unwrap_or_default().to_owned()
}
