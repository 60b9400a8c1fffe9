import json
import logging
import shutil
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from flows.runs.webhook import post


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


@pytest.mark.usefixtures("prefect_server")
def test_the_webhook_is_told_of_refusals_rejects_and_drift_and_of_failure(home, inbox, night, webhook, prefect_client):
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
    assert (told["table"], told["flow"], told["home"], told["more_files"]) == ("wine", "label-inbox", str(home), 0)
    assert [(file["batch"], file["status"], bool(file["reason"])) for file in told["files"]] == [
        ("bad", "refused", True), ("a", "labelled", False),
    ]  # fmt: skip
    assert prefect_client.read_flow_run(told["run"]).name == told["run_name"]
    assert told["run_url"].endswith(f"/runs/flow-run/{told['run']}")
    shutil.rmtree(inbox)
    night()
    assert told.keys() == webhook[1].keys()
    assert (webhook[1]["home"], webhook[1]["files"]) == (str(home), [])
    assert webhook[1]["event"] == "wine-labels.failed"
    assert "no such inbox" in webhook[1]["text"]


@pytest.mark.usefixtures("prefect_server")
def test_a_webhook_that_cannot_be_reached_fails_no_run(inbox, night, monkeypatch):
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", "http://127.0.0.1:9/")
    (inbox / "bad.csv").write_text("x,y\n1,2\n")
    assert night()[0].name == "SomeRefused"


ANSWERS = {
    "nonsense": b"nonsense\r\n\r\n",
    "nothing": b"",
    "a header that is none": b"HTTP/1.1 200 OK\r\nS3CRET\r\n\r\n",
    "less than it says": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
    "an encoding that is not": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    "elsewhere": b"HTTP/1.1 302 Found\r\nLocation: http://S3CRET.example/\r\nContent-Length: 0\r\n\r\n",
    "no": b"HTTP/1.1 403 S3CRET\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
def answering():
    """The port of a server that answers everything with these bytes."""
    servers = []

    def start(answer):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.recv(10_000)
                self.request.sendall(answer)

        servers.append(socketserver.TCPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,)).start()
        return servers[-1].server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def warned(monkeypatch, caplog, address):
    """The warning about an address, which nothing that is logged may repeat."""
    monkeypatch.setenv("WINE_LABELS_WEBHOOK", address)
    with caplog.at_level(logging.DEBUG):
        problem = post("text", {"event": "wine-labels.attention"})
    assert "S3CRET" not in caplog.text
    return problem


@pytest.mark.parametrize("kind", ANSWERS)
def test_whatever_is_answered_is_one_warning_that_names_the_host_alone(kind, answering, monkeypatch, caplog):
    problem = warned(monkeypatch, caplog, f"http://user:S3CRET@127.0.0.1:{answering(ANSWERS[kind])}/S3CRET?S3CRET")
    assert problem.startswith("WINE_LABELS_WEBHOOK: the notice could not be sent to 127.0.0.1; found ")
    assert problem.isprintable()
    assert "S3CRET" not in problem


ADDRESSES = [
    "S3CRET", "https:S3CRET", "https//host/S3CRET", "ftp://host/S3CRET", "http://host:port/S3CRET",
    "http://[::1/S3CRET", "http://host:99999/S3CRET", "http://user:S3CRET@/", "http://host/S3CRET\n",
    "http://a b/S3CRET", "http://127.0.0.1:9/S3CRET", "http://host.invalid/S3CRET", "http://\udce9/S3CRET",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES, ids=ascii)
def test_whatever_the_address_is_its_path_stays_a_secret(address, monkeypatch, caplog):
    problem = warned(monkeypatch, caplog, address)
    assert problem.startswith("WINE_LABELS_WEBHOOK: the notice could not be sent")
    assert "S3CRET" not in problem


def test_an_address_of_https_where_plain_text_is_spoken_is_a_warning(answering, monkeypatch, caplog):
    problem = warned(monkeypatch, caplog, f"https://127.0.0.1:{answering(b'nonsense')}/S3CRET")
    assert problem.startswith("WINE_LABELS_WEBHOOK: the notice could not be sent to 127.0.0.1; found ConnectError; ")


def test_a_proxy_that_cannot_be_used_is_a_warning(monkeypatch, caplog):
    monkeypatch.setenv("ALL_PROXY", "nonsense://S3CRET")
    assert "could not be sent to host" in warned(monkeypatch, caplog, "http://host/S3CRET")
