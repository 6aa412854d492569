//! Who may send a webhook to `toban demo`: its secret and its token are known to every web page that the user visits.

use super::visitor::{Visitor, posts};
use super::{newest, open_page};
use crate::running::{signature_by, triggered};
use serde_json::json;

const HOST: &str = "toban demo is for this machine alone: call it http://127.0.0.1 or http://localhost, with its port; for a webhook, a \
     tunnel can rewrite the Host header (ngrok: --host-header=rewrite)\n";
const ORIGIN: &str = "another web page has sent this, and only toban's own may\n";

/// Sends what a browser does for a form, and the given headers.
async fn form(visitor: &Visitor, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let host = visitor.host();
    let headers = [&[("host", host.as_str()), ("content-type", "application/x-www-form-urlencoded")][..], headers];
    let body = b"key=nightly-backup&status=failed&urgency=high";
    let answer = visitor.request("POST", path, &headers.concat(), body).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn a_form_on_another_web_page_posts_nothing_though_it_knows_the_token() {
    let (_demo, visitor) = open_page().await;
    let origin = ("origin", "https://evil.example");
    let refused = (403, ORIGIN.to_owned());
    // What a browser makes of http://toban:toban-demo-token@… in the form's address.
    let basic = ("authorization", "Basic dG9iYW46dG9iYW4tZGVtby10b2tlbg==");
    for (path, headers) in [
        ("/events", &[basic, origin, ("sec-fetch-site", "cross-site")][..]),
        ("/mackerel", &[basic, origin, ("sec-fetch-site", "cross-site")]),
        // An older browser; a sandboxed frame; another server of this machine.
        ("/events", &[basic, origin]),
        ("/events", &[basic, ("origin", "null")]),
        ("/events", &[basic, ("origin", "http://127.0.0.1:3000"), ("sec-fetch-site", "same-site")]),
        ("/health", &[origin]),
    ] {
        assert_eq!(form(&visitor, path, headers).await, refused, "{path} {headers:?}");
    }
    let view = visitor.view().await;
    assert_eq!((&view["journal"], posts(&view, 0)), (&json!([]), vec![]), "nothing was posted");
    // The same from a program of this machine is posted.
    assert_eq!(form(&visitor, "/events", &[basic]).await.0, 202);
    let view = visitor.view().await;
    assert_eq!((&newest(&view)["what"], posts(&view, 0).len()), (&json!("POST /events"), 1));
}

#[tokio::test]
async fn the_webhook_answers_to_this_machines_names_alone() {
    let (_demo, visitor) = open_page().await;
    let body = triggered(7);
    let signature = signature_by("toban-demo-secret", &body);
    let signed = ("x-pagerduty-signature", signature.as_str());
    let rebound = format!("evil.example:{}", visitor.port);
    let rebound_origin = format!("http://{rebound}");
    for headers in [
        // DNS rebinding: to the browser this is the page's own origin, and a GET has no Origin.
        &[("host", rebound.as_str()), ("origin", rebound_origin.as_str()), ("sec-fetch-site", "same-origin"), signed][..],
        &[("host", &rebound), signed],
        &[("host", "abc.tunnel.example"), signed],
        &[signed],
    ] {
        for (method, path) in [("POST", "/pagerduty"), ("GET", "/health"), ("GET", "/nowhere")] {
            let answer = visitor.request(method, path, headers, &body).await;
            assert_eq!((answer.status, answer.body.as_str()), (403, HOST), "{method} {path} {headers:?}");
        }
    }
    let view = visitor.view().await;
    assert_eq!((&view["journal"], posts(&view, 0)), (&json!([]), vec![]), "nothing was posted");
}
