"""Slack, as far as toban needs it to post and `toban check` to ask. Prints its port, and appends every POST to FILE.

    python3 slack.py FILE [PORT]
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHANNEL = "C0123456789"
ANSWERS = {
    "auth.test": {"team": "Example", "team_id": "T0123456789", "user_id": "U0TOBAN0001", "url": "https://example.slack.com/"},
    "chat.postMessage": {"channel": CHANNEL, "ts": "1764000000.000100"},
    "conversations.info": {"channel": {"id": CHANNEL, "name": "alerts", "is_member": True, "is_archived": False}},
    "users.info": {"user": {"id": "U0SATO0001", "name": "sato", "deleted": False, "profile": {}}},
    "usergroups.list": {"usergroups": [{"id": "S0123456789", "date_delete": 0}]},
}


class Slack(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with open(sys.argv[1], "a", encoding="utf-8") as file:
            file.write(f"{self.path} {body.decode()}\n")
        self.do_GET()

    def do_GET(self):
        method = self.path.lstrip("/").split("?")[0]
        known = ANSWERS.get(method)
        answer = {"ok": False, "error": "unknown_method"} if known is None else {"ok": True, **known}
        text = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2]) if len(sys.argv) > 2 else 0), Slack)
print(server.server_port, flush=True)
server.serve_forever()
