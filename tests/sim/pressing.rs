//! People press: what they see, and what they do not see any more; twice at once, and again when nothing comes back. Others
//! press who may not, and some of it was never signed by Slack, or long ago.

use crate::people::{EVERYBODY, WORKSPACE};
use crate::presses::{Press, Pressing};
use crate::sending::{Sending, Subject};
use crate::sheet::{PEOPLE, slack_id};
use crate::shifts;
use crate::team::Builder;
use crate::ticking::tick_all;
use crate::world::{World, one_of};
use ring::hmac;
use serde_json::json;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use toban::domain::press::Act;
use toban::net::digest::sha256;
use tokio::task::spawn_local;
use tokio::time::{sleep, timeout};

pub const SIGNING_SECRET: &str = "a signing secret of the simulation";
pub const CHANNEL: &str = "C0123456789";
/// So long Slack waits for an answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// They go on for so long after the last event.
const LONGER: Duration = Duration::from_secs(300);
/// And for so long after the end of the shift.
const AFTER_IT: Duration = Duration::from_secs(13 * 60);

/// How a press is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signature {
    Right,
    Wrong,
    Old,
    Missing,
}

/// What somebody is about to press.
#[derive(Debug, Clone)]
struct Plan {
    person: u32,
    act: Act,
    incident: String,
    signature: Signature,
    is_here: bool,
}

/// Lets people press until some time after everything else is over, and the shift as well, and sends what PagerDuty tells of notes.
pub async fn press_all(sending: Rc<Sending>, builder: Rc<Builder>) {
    let world = sending.world.clone();
    let Some(pressing) = &world.pressing else { return };
    let echoing = sending.clone();
    spawn_local(async move {
        loop {
            sleep(Duration::from_secs(2)).await;
            send_echoes(&echoing);
        }
    });
    let ends = world.weather.lasts.max(world.story.ends()) + LONGER;
    let shift = shifts::end(world.at(Duration::ZERO)).and_then(|end| (end - world.at(Duration::ZERO)).to_std().ok());
    let ends = ends.max(shift.map_or(Duration::ZERO, |shift| shift + AFTER_IT));
    let ticking = spawn_local(tick_all(world.clone(), builder, ends));
    let mut handles = Vec::new();
    while world.elapsed() < ends {
        sleep(Duration::from_millis(pressing.chance(|rng| rng.u64(2_000..120_000)))).await;
        let Some(plan) = plan(&world, pressing) else { continue };
        let times = pressing.chance(|rng| one_of(rng, [1, 1, 1, 1, 2]));
        for _ in 0..times {
            handles.push(spawn_local(insist(sending.clone(), plan.clone())));
        }
    }
    for handle in handles {
        handle.await.expect("no panic");
    }
    ticking.await.expect("no panic");
    pressing.end();
}

fn plan(world: &World, pressing: &Pressing) -> Option<Plan> {
    let posts = world.channels[0].posts();
    let buttons: Vec<_> = posts.iter().filter_map(|post| post.button.clone()).collect();
    let stays: Vec<_> = posts.iter().filter_map(|post| post.stay.clone()).collect();
    if buttons.is_empty() {
        return None;
    }
    pressing.chance(|rng| {
        let buttons = if !stays.is_empty() && rng.bool() { &stays } else { &buttons };
        // Most look at what is new.
        let from = if rng.u32(..3) > 0 { buttons.len().saturating_sub(3) } else { 0 };
        let incident = buttons[rng.usize(from..buttons.len())].clone();
        let last = pressing.seen().presses.iter().rev().find(|press| press.incident == incident).cloned();
        let person = match last {
            Some(press) if rng.bool() => press.person,
            _ if rng.u32(..4) > 0 => rng.u32(..PEOPLE),
            _ => rng.u32(PEOPLE..EVERYBODY),
        };
        let mine = pressing.seen();
        let mine = mine.presses.iter().rev().find(|press| press.incident == incident && press.person == person);
        let other = if mine.is_some_and(|press| press.act == Act::Take) { Act::HandBack } else { Act::Take };
        let act = match rng.u32(..8) {
            0..3 => other,
            3 => one_of(rng, [Act::Take, Act::HandBack]),
            4 => Act::Stay,
            5 | 6 => Act::CallSre,
            _ => Act::Resolve,
        };
        let person = if act == Act::Resolve && rng.bool() { one_of(rng, [0, 1, 6]) } else { person };
        let odd = one_of(rng, [Signature::Wrong, Signature::Old, Signature::Missing]);
        let signature = if rng.u32(..8) == 0 { odd } else { Signature::Right };
        Some(Plan { person, act, incident, signature, is_here: rng.u32(..12) > 0 })
    })
}

/// Presses, and again if Slack shows a warning.
async fn insist(sending: Rc<Sending>, plan: Plan) {
    let pressing = sending.world.pressing.as_ref().expect("people press here");
    for _ in 0..3 {
        let status = press(&sending, &plan).await;
        if status.is_some_and(|status| status < 500) {
            return;
        }
        sleep(Duration::from_millis(pressing.chance(|rng| rng.u64(1_000..9_000)))).await;
    }
}

/// The status that came in time.
async fn press(sending: &Rc<Sending>, plan: &Plan) -> Option<u16> {
    let world = &sending.world;
    let pressing = world.pressing.as_ref().expect("people press here");
    let number = pressing.seen().presses.len();
    let trigger = format!("trigger {number}");
    let place = pressing.press(Press {
        id: sha256(trigger.as_bytes())[..32].to_owned(),
        number,
        person: plan.person,
        act: plan.act,
        incident: plan.incident.clone(),
        is_authentic: plan.signature == Signature::Right,
        is_here: plan.is_here,
        is_accepted: false,
    });
    world.count("press");
    world.note(format_args!("press {number} on {}/: {plan:?}", plan.incident));
    let body = body(plan, number, &trigger);
    let headers = headers(world, plan.signature, &body);
    // Somebody who has recorded it sends it again.
    let times = if pressing.chance(|rng| rng.u32(..20)) == 0 { 2 } else { 1 };
    let mut status = None;
    for _ in 0..times {
        let (asking, headers, body, about) =
            (sending.clone(), headers.clone(), body.clone(), format!("{}/ press {number}", plan.incident));
        let answer = spawn_local(async move {
            let status = asking.front.request("/slack", &headers, body.as_bytes(), &about).await;
            if status == 200 {
                asking.world.pressing.as_ref().expect("people press here").accepted(place);
            }
            status
        });
        status = timeout(PATIENCE, answer).await.ok().map(|status| status.expect("no panic"));
        world.note(format_args!("press {number} on {}/: {status:?}", plan.incident));
    }
    status
}

fn body(plan: &Plan, number: usize, trigger: &str) -> String {
    let channel = if plan.is_here { CHANNEL } else { "C0SOMEWHERE" };
    let payload = json!({
        "type": "block_actions",
        "user": {"id": slack_id(plan.person), "team_id": WORKSPACE},
        "team": {"id": WORKSPACE, "domain": "sim"},
        "channel": {"id": channel, "name": "privategroup"},
        "trigger_id": trigger,
        "response_url": format!("https://hooks.slack.com/actions/{WORKSPACE}/{number}"),
        "actions": [{"action_id": plan.act.name(), "value": plan.incident, "type": "button"}],
    });
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("payload", &payload.to_string()).finish()
}

fn headers(world: &World, signature: Signature, body: &str) -> Vec<(String, String)> {
    let age = if signature == Signature::Old { 400 } else { 0 };
    let timestamp = (world.now().timestamp() - age).to_string();
    let secret = if signature == Signature::Wrong { "another secret" } else { SIGNING_SECRET };
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut signed = "v0=".to_owned();
    for byte in hmac::sign(&key, format!("v0:{timestamp}:{body}").as_bytes()).as_ref() {
        write!(signed, "{byte:02x}").expect("a string takes everything");
    }
    let mut headers = vec![("x-slack-request-timestamp".into(), timestamp)];
    if signature != Signature::Missing {
        headers.push(("x-slack-signature".into(), signed));
    }
    headers
}

/// Sends what PagerDuty tells of new notes, through every subscription.
fn send_echoes(sending: &Rc<Sending>) {
    let world = &sending.world;
    for event in world.pressing.iter().flat_map(Pressing::take_echoes) {
        let subject = Subject::Added(Arc::new(event));
        for subscription in 0..world.story.subscriptions {
            world.story.begin_sending();
            let (sending, subject) = (sending.clone(), subject.clone());
            spawn_local(async move {
                sending.insist(&subject, subscription).await;
                sending.world.story.end_sending();
            });
        }
    }
}
