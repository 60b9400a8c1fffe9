"""Reach: a server that is named is one that can be used, or a run says in one line why not."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from flows.runs import reach
from flows.state.home import Home
from work import WINE, is_refusal


@pytest.fixture
def answering():
    """The port of a real server that answers every request with this status."""
    servers = []

    def start(status):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self):
                self.do_GET()

            def log_message(self, *words):
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,)).start()
        return servers[-1].server_port

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("words", "status"), [(["label", WINE], 401), (["serve"], 403)])
def test_a_server_that_wants_a_login_is_one_line_that_gives_none_away(words, status, answering, program, ended, home):
    place = f"127.0.0.1:{answering(status)}/api"
    said = ended(program(*words, "--home", home, cwd=home, PREFECT_API_URL=f"http://me:S3CRET@{place}"))
    assert (said.status, said.out) == (2, "")
    assert is_refusal(said.err)
    assert f"http://{place}: the Prefect server wants a login; found the status {status}; " in said.err
    assert "PREFECT_API_AUTH_STRING" in said.err
    assert "S3CRET" not in said.err
    assert not Home.at(home).labels("wine").exists()


def test_a_server_that_lets_us_in_can_be_used(prefect_server):
    assert reach.address() == prefect_server
    reach.reach()
    assert reach.answers(prefect_server)
    assert not reach.answers("http://127.0.0.1:9/api")
