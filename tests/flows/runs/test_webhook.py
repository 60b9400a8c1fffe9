import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

pytestmark = pytest.mark.usefixtures("prefect_server")


@pytest.fixture
def webhook(monkeypatch):
    """The documents that a real webhook has received."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", f"http://127.0.0.1:{server.server_port}/")
    yield received
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_webhook_is_told_of_refusals_rejects_and_drift_and_of_failure(home, inbox, night, webhook):
    lines = (inbox / "a.csv").read_text().splitlines()
    header, rows = lines[0], [line.split(",") for line in lines[1:]]
    proline = header.split(",").index("proline")
    for number, row in enumerate(rows):
        row[proline] = "9999" if number < 20 else str(min(float(row[proline]) * 1.7, 2999))
    (inbox / "a.csv").write_text("\n".join([header, *(",".join(row) for row in rows)]))
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    night()
    (told,) = webhook
    assert told["event"] == "wine-labels.attention"
    assert "bad was refused: " in told["text"]
    assert "a: 20 of 178 rows rejected, more than 5%" in told["text"]
    assert "large drift against the training rows in proline" in told["text"]
    shutil.rmtree(inbox)
    night()
    assert webhook[1]["event"] == "wine-labels.failed"
    assert "no such inbox" in webhook[1]["text"]


def test_a_webhook_that_cannot_be_reached_fails_no_run(inbox, night, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", "http://127.0.0.1:9/")
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    assert night()[0].name == "SomeRefused"
