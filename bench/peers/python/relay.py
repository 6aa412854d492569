"""What the lean peers share: signature, rota and message, with the standard library and `cryptography` alone."""
import base64
import hashlib
import hmac
import http.client
import json
import os
import time
from urllib.parse import quote, urlencode, urlsplit

ENV = os.environ
CACHE_S = 60
WEEK = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

connections = {}


def call(url, method, headers, body=None):
    parts = urlsplit(url)
    if parts.netloc not in connections:
        connections[parts.netloc] = http.client.HTTPConnection(parts.netloc, timeout=2)
    connection = connections[parts.netloc]
    try:
        connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
        response = connection.getresponse()
        text = response.read()
    except Exception:
        connection.close()  # the next call opens a new one
        raise
    if response.status >= 300:
        raise RuntimeError(f"{response.status} {text!r}")
    return json.loads(text)


def authentic(body, header, secrets):
    """PagerDuty v3: any v1 signature made with any of our secrets, over the body's bytes as they came."""
    given = [part.strip() for part in header.split(",")]
    wanted = ["v1=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets.split(",")]
    return any(hmac.compare_digest(g, w) for g in given for w in wanted)


token = {"text": "", "until": 0}


def access_token(key_file, now):
    if now < token["until"]:
        return token["text"]
    # Here, because the front of a queue does without.
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = json.loads(key_file)

    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    iat, scope = int(now), "https://www.googleapis.com/auth/spreadsheets.readonly"
    head = {"alg": "RS256", "typ": "JWT", "kid": key["private_key_id"]}
    claims = {"iss": key["client_email"], "scope": scope, "aud": key["token_uri"], "iat": iat, "exp": iat + 3600}
    signed = part(json.dumps(head).encode()) + b"." + part(json.dumps(claims).encode())
    signature = load_pem_private_key(key["private_key"].encode(), None).sign(signed, PKCS1v15(), SHA256())
    form = urlencode({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": signed + b"." + part(signature)})
    answer = call(key["token_uri"], "POST", {"content-type": "application/x-www-form-urlencoded"}, form)
    token.update(text=answer["access_token"], until=now + answer["expires_in"] - 60)
    return token["text"]


roster = {"rows": {}, "slack_ids": {}, "until": 0}


def read_roster(key_file, now):
    if now >= roster["until"]:
        ranges = "&".join("ranges=" + quote(ENV[name], safe="") for name in ("ROTATION_RANGE", "MEMBERS_RANGE"))
        path = f"/v4/spreadsheets/{ENV['GOOGLE_SHEET_ID']}/values:batchGet?{ranges}&valueRenderOption=UNFORMATTED_VALUE"
        answer = call(ENV["GOOGLE_SHEETS_BASE_URL"] + path, "GET", {"authorization": "Bearer " + access_token(key_file, now)})
        rotation, members = (tab["values"] for tab in answer["valueRanges"])
        rows, slack_ids = {row[0]: row for row in rotation}, {row[0].strip(): row[1] for row in members}
        roster.update(rows=rows, slack_ids=slack_ids, until=now + CACHE_S)
    return roster


OPENS, CLOSES = (int(h) * 60 + int(m) for h, m in (t.split(":") for t in ENV["BUSINESS_HOURS"].split("-")))
FIRST_DAY, LAST_DAY = (WEEK.index(day) for day in ENV["BUSINESS_DAYS"].split("-"))


def mentions(key_file, now):
    tokyo = int(now) + 9 * 3600  # no summer time in Asia/Tokyo
    day, minute = tokyo // 86400, tokyo % 86400 // 60
    if not (OPENS <= minute < CLOSES and FIRST_DAY <= (day + 3) % 7 <= LAST_DAY):
        return ""
    sheet = read_roster(key_file, now)
    names = sheet["rows"].get(day + 25569, [])[1:3]  # Sheets counts days from 1899-12-30
    ids = (sheet["slack_ids"].get(str(name).strip()) for name in names)
    return " ".join(f"<@{id}>" for id in ids if id)


def escape(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def post(data, secrets):
    """Posts the incident of a PagerDuty v3 webhook. The secrets have the names of the settings."""
    text = (f"{mentions(secrets['GOOGLE_SERVICE_ACCOUNT_KEY'], time.time())}\n:fire: *Triggered* #PD{data['number']} {escape(data['title'])}\n"
            f"{escape(data['service']['summary'])} · urgency {data['urgency']}\n{data['html_url']}")
    headers = {"content-type": "application/json; charset=utf-8", "authorization": "Bearer " + secrets["SLACK_BOT_TOKEN"]}
    message = json.dumps({"channel": ENV["SLACK_CHANNEL"], "text": text})
    answer = call(ENV["SLACK_BASE_URL"] + "/chat.postMessage", "POST", headers, message)
    if not answer["ok"]:
        raise RuntimeError(answer["error"])
    return answer["ts"]


def body_of(event):
    return base64.b64decode(event["body"]) if event.get("isBase64Encoded") else event["body"].encode()
