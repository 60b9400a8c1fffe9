"""Object stores to test with: real S3 servers as processes of their own, and a proxy that loses answers."""

from __future__ import annotations

import os
import re
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from pyarrow.fs import AwsStandardS3RetryStrategy, FileSelector, S3FileSystem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE: Final = 300.0  # seconds, for a start on a machine busy with other things; it takes one to three
TRIES: Final = 5  # a port that was free may be taken a moment later
KEY, SECRET, REGION = "wine", "labels-secret", "us-east-1"

KEEPER: Final = """
exec 3<&0
folder=$1; leftovers=$2; shift 2
"$@" 3<&- </dev/null &
server=$!
(read -r _ <&3; kill -9 $server) &
wait $server
exec 3<&-
rm -rf "$folder" $leftovers
"""
"""It lives as long as the server, which it kills when its own standard input closes.

So a server outlives nobody who started it, however that one ended. prctl would do as much on Linux alone, and Python
warns of the preexec_fn that it takes where there are threads.
"""


@dataclass(frozen=True)
class Bucket:
    """A bucket of a store that runs."""

    endpoint: str
    bucket: str

    @property
    def address(self) -> str:
        """As a home or a source is named."""
        return f"s3://{self.bucket}"

    @property
    def variables(self) -> dict[str, str]:
        """The environment in which programs find this store, and may use it."""
        return variables(self.endpoint)


def variables(endpoint: str) -> dict[str, str]:
    """The environment in which programs find the store at this endpoint, and may use it."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
    }


class Store:
    """An S3 server on ports of its own, its files in a folder of its own; it has answered when this has been made."""

    def __init__(self, command: Callable[[str, list[int]], list[str]], ports: int, leftovers: str = "") -> None:
        """With what starts it, in a folder and on so many ports, and the other paths that it makes, by its ports."""
        for _ in range(TRIES):
            self._folder = tempfile.mkdtemp(prefix="wine-labels-store-")
            free = free_ports(ports)
            self.endpoint = f"http://127.0.0.1:{free[0]}"
            self._process = subprocess.Popen(
                ["sh", "-c", KEEPER, "sh", self._folder, leftovers.format(*free), *command(self._folder, free)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=os.environ | {"HOME": self._folder, "TMPDIR": self._folder} | ITS_VARIABLES,
                start_new_session=True,  # Ctrl-C is for the tests
            )
            if self._came_up():
                return
            self.stop()
        raise AssertionError(f"no store: {command('FOLDER', free)} ended {TRIES} times")

    @property
    def storage(self) -> S3FileSystem:
        """It, by a client that is not the one which is tested."""
        return S3FileSystem(
            access_key=KEY,
            secret_key=SECRET,
            region=REGION,
            scheme="http",
            endpoint_override=self.endpoint.removeprefix("http://"),
            allow_bucket_creation=True,
            allow_bucket_deletion=True,
            allow_delayed_open=True,  # a small object is one request
            retry_strategy=AwsStandardS3RetryStrategy(max_attempts=1),
            request_timeout=60,
            connect_timeout=10,
        )

    @contextmanager
    def bucket(self, name: str) -> Iterator[Bucket]:
        """An empty bucket, removed with all that is in it."""
        self.storage.create_dir(name)
        try:
            yield Bucket(self.endpoint, name)
        finally:
            with suppress(OSError):  # a test may have broken it; it goes with the store
                self.storage.delete_dir(name)

    def stop(self) -> None:
        """Kill it, and wait until it and its files have gone."""
        self._process.stdin.close()
        self._process.wait()

    def _came_up(self) -> bool:
        """Whether it takes an object, once it does; False where it has ended before."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            with suppress(OSError):
                self._try_out()
                return True
            time.sleep(0.05)
        return False

    def _try_out(self) -> None:
        socket.create_connection(("127.0.0.1", urlsplit(self.endpoint).port), timeout=10).close()
        with self.bucket("ready") as made:
            with self.storage.open_output_stream(f"{made.bucket}/object") as file:
                file.write(b"x" * 100_000)  # more than SeaweedFS would keep beside an object's name
            assert len(self.storage.get_file_info(FileSelector(made.bucket))) == 1


ITS_VARIABLES: Final = {
    "AWS_ACCESS_KEY_ID": KEY,  # SeaweedFS knows this user alone, and checks signatures
    "AWS_SECRET_ACCESS_KEY": SECRET,
    "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",  # a bucket takes one volume, not seven
}


def moto() -> Store:
    """A store of moto's."""
    return Store(lambda _, ports: [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(ports[0])], 1)


def seaweedfs() -> Store:
    """A store of SeaweedFS's: its four servers in one process, without the other eight it would start."""
    weed = str(Path(sys.executable).with_name("weed"))
    named = ("s3.port", "s3.port.grpc", "filer.port", "filer.port.grpc", "volume.port", "volume.port.grpc")
    named += ("master.port", "master.port.grpc")

    def command(folder: str, ports: list[int]) -> list[str]:
        return [
            weed,
            "server",
            "-filer",
            "-s3",
            f"-dir={folder}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            *(f"-{name}={port}" for name, port in zip(named, ports, strict=True)),
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.localSocket={folder}/s3.sock",
            f"-filer.localSocket={folder}/filer.sock",
            "-master.peers=none",  # else it looks for others, for five seconds
            "-master.telemetry=false",
            "-master.volumeSizeLimitMB=64",
            "-volume.max=1000",
            "-volume.preStopSeconds=0",
        ]

    sockets = " ".join(f"/tmp/seaweedfs-*-grpc-{{{place}}}.sock" for place in range(len(named)))
    return Store(command, len(named), sockets)


def free_ports(count: int) -> list[int]:
    """So many ports that nobody listens on."""
    with ExitStack() as held:
        probes = [held.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


class DroppingProxy:
    """A proxy before a store that loses answers: what was asked for is done, and nobody hears of it.

    Bytes are passed on as they are, `Host` too, which signatures cover. Of the answers to requests of these methods
    each `every`-th is lost, and its connection closed; `lost` has what was asked for.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        every: int = 3,
        methods: tuple[str, ...] = ("PUT", "POST", "DELETE"),
        without: tuple[str, ...] = (),
    ) -> None:
        """Before the store at this endpoint; fields of these names are taken out of what it is asked."""
        self._without = re.compile(rb"(?im)^(%s):.*\r\n" % "|".join(without).encode()) if without else None
        parts = urlsplit(endpoint)
        self.lost: list[str] = []
        self._store = (parts.hostname or "", parts.port or 80)
        self._every, self._methods = every, methods
        self._answers = 0
        self._lock = threading.Lock()
        self._server = _Listening(("127.0.0.1", 0), self._serve)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        """It, listening."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, and all connections through it."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, client: socket.socket, *_: object) -> None:
        """The requests of one connection, one after the other, by one connection to the store."""
        with suppress(OSError), socket.create_connection(self._store) as store, ExitStack() as files:
            asked, answered = (files.enter_context(each.makefile("rb")) for each in (client, store))
            while head := _head(asked):
                method, target, _ = head.decode("latin-1").split(" ", 2)
                if _field(head, "expect"):
                    client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                body = _body(asked, head, otherwise=b"")
                store.sendall((self._without.sub(b"", head) if self._without else head) + body)
                answer = _head(answered)
                while answer.startswith(b"HTTP/1.1 1"):
                    answer = _head(answered)
                bare = method == "HEAD" or answer[9:12] in {b"204", b"304"}
                answer += b"" if bare else _body(answered, answer)
                if self._loses(method, target):
                    return
                client.sendall(answer)
                if "close" in (_field(answer, "connection") + _field(head, "connection")).lower():
                    return

    def _loses(self, method: str, target: str) -> bool:
        with self._lock:
            if method not in self._methods:
                return False
            self._answers += 1
            if self._answers % self._every:
                return False
            self.lost.append(f"{method} {target}")
            return True


class _Listening(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *given) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*given)

    def process_request(self, request, client_address) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request) -> None:
        super().shutdown_request(request)
        self._open.discard(request)

    def server_close(self) -> None:
        for each in tuple(self._open):  # a thread that waits for what a client may ask next
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        super().server_close()


def _head(file) -> bytes:
    """A message's lines up to the empty one; nothing where the connection has ended."""
    lines = []
    while line := file.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _field(head: bytes, name: str) -> str:
    found = re.search(rf"^{name}:[ \t]*(.*?)[ \t]*\r$", head.decode("latin-1"), re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""


def _body(file, head: bytes, otherwise: bytes | None = None) -> bytes:
    """The bytes after a head, as they are; without a length `otherwise`, or all up to the end of the connection."""
    if _field(head, "transfer-encoding").lower() == "chunked":
        parts = []
        while line := file.readline():
            parts.append(line)
            if not (size := int(line.split(b";")[0], 16)):
                break
            parts.append(file.read(size + 2))
        return b"".join(parts) + _head(file)
    if length := _field(head, "content-length"):
        return file.read(int(length))
    return file.read() if otherwise is None else otherwise
