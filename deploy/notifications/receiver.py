#!/usr/bin/env python3
"""An example of a receiver of easel's notifications: it believes a message only if it is signed, fresh, and was not received before.

    receiver.py PORT SECRET_FILE

Prints the outcome of each message that it accepts. Put it behind TLS: easel posts to http only on the machine itself.
"""
import datetime
import hashlib
import hmac
import http.server
import json
import sys

PATIENCE = datetime.timedelta(minutes=5)
LIMIT = 1 << 20


def refusal(body, signature, secret, seen, now):
    """Why a message is not believed, as an HTTP status; None if it is."""
    expected = "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()
    # The signature comes first: nothing else of an unsigned message is looked at.
    if not hmac.compare_digest(expected, signature or ""):
        return 401
    message = json.loads(body)
    if not isinstance(message.get("id"), str) or not isinstance(message.get("time"), str):
        return 400
    sent = datetime.datetime.fromisoformat(message["time"].replace("Z", "+00:00"))
    if abs(now - sent) > PATIENCE:
        return 403
    # Older ids cannot come back, since their time has passed.
    for known in [known for known, time in seen.items() if abs(now - time) > 2 * PATIENCE]:
        del seen[known]
    if message["id"] in seen:
        # easel sends a message again if it has not heard the answer: it is known already, which is a success.
        return 200
    seen[message["id"]] = sent
    return None


def serve(port, secret):
    seen = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(min(length, LIMIT))
            status = refusal(body, self.headers.get("X-Easel-Signature-256"), secret, seen, datetime.datetime.now(datetime.timezone.utc))
            if status is None:
                print(json.loads(body)["text"], flush=True)
            self.send_response(status or 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments):
            pass

    http.server.HTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    with open(sys.argv[2], "rb") as file:
        serve(int(sys.argv[1]), file.read().rstrip(b"\r\n"))
