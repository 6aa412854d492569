use super::*;
use crate::domain::incident::IncidentEvent;
use std::collections::BTreeSet;

fn events(sample: &Sample, language: Language) -> Vec<IncidentEvent> {
    let now = "2031-05-06T02:02:00Z".parse().expect("an instant");
    let plot = Plot { number: 77, event: 5, title: 2 };
    source::read(sample.sender, &sample.body(plot, &Cast::default(), language, now), now)
}

#[test]
fn there_is_a_sample_of_every_kind_and_all_are_read() {
    let mut kinds = BTreeSet::new();
    for sample in SAMPLES {
        let [event] = &events(sample, Language::English)[..] else { panic!("{}", sample.name) };
        assert_eq!(event.unreadable, None, "{}", sample.name);
        kinds.insert(event.kind.name());
        assert_eq!(sample.begins(), event.kind == EventKind::Triggered, "{}", sample.name);
        if sample.sender != Sender::PagerDuty {
            let age = "2031-05-06T02:02:00Z".parse::<DateTime<Utc>>().expect("an instant") - event.occurred_at;
            assert!((0..=600).contains(&age.num_seconds()), "{}: {age}", sample.name);
            continue;
        }
        assert_eq!(event.occurred_at.to_rfc3339(), "2031-05-06T02:02:00+00:00", "{}", sample.name);
        assert_eq!(event.key.0, "01PAGE00000000000000000005", "{}", sample.name);
        if let Some(id) = &event.incident.id {
            assert_eq!(id.0, "QPAGE000000077", "{}", sample.name);
        }
    }
    // What is pressed in the chat comes from no sender.
    let sent = EventKind::NAMED.iter().filter(|kind| !kind.is_ours());
    let missing: Vec<_> = sent.map(EventKind::name).filter(|name| !kinds.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn no_sample_is_a_repeat_of_another() {
    let now = "2031-05-06T02:02:00Z".parse().expect("an instant");
    let mut keys = BTreeSet::new();
    let mut plot = Plot { number: 4811, event: 0, title: 2 };
    for sample in SAMPLES {
        plot.event += 1;
        plot.number += u64::from(sample.begins());
        for event in source::read(sample.sender, &sample.body(plot, &Cast::default(), Language::English, now), now) {
            assert!(keys.insert(event.key.0.clone()), "{}: {}", sample.name, event.key);
        }
    }
    assert_eq!(keys.len(), SAMPLES.len());
}

#[test]
fn a_sample_speaks_the_language_of_the_page() {
    let title = |language| {
        let event = events(&SAMPLES[0], language).remove(0);
        event.incident.title.expect("a title").as_str().to_owned()
    };
    assert_eq!(title(Language::Japanese), "ディスク使用率が 90% を超えました");
    assert_eq!(title(Language::English), "Disk usage above 90%");
}
