"""What object stores promise, asked of each that is here: conditions of a put, whole objects, unfinished uploads.

    python benchmarks/object_store_conditions.py

moto and SeaweedFS come with what tests need. rclone, azurite and fake-gcs-server are asked where they are on the PATH.
"""

import base64
import hashlib
import hmac
import json
import os
import pickle
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import AzureStore, GCSStore, LocalStore, MemoryStore, S3Store

import object_stores

PART = 5 * 2**20
BIG = os.urandom(2 * PART + 1)
PLAIN = {
    "client_options": {"allow_http": True},
    "retry_config": {"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
}
AZURITE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The one that every Azurite has."""


def main() -> None:
    answers = {}
    for name in sys.argv[1:] or STORES:
        store = STORES[name]
        try:
            with store() as found:
                answers[name] = {text(question): asked(question, found) for question in QUESTIONS}
        except FileNotFoundError as error:
            print(f"{name}: not here ({error})", file=sys.stderr)
    print("| |", " | ".join(answers), "|")
    print("|---|" + "---|" * len(answers))
    for question in QUESTIONS:
        print(f"| {text(question)} |", " | ".join(each[text(question)] for each in answers.values()), "|")


def text(question) -> str:
    return question.__doc__.rstrip(".")


def asked(question, store) -> str:
    print(end=".", file=sys.stderr, flush=True)
    try:
        return question(store)
    except Exception as error:  # noqa: BLE001  an answer too
        return f"{type(error).__name__}: {' '.join(str(error).split())[:90]}"


def put(store, path, body, mode) -> str:
    """What came of it; obstore refuses, as a mode, the None that its own answer may hold."""
    if mode != "create":
        mode = {name: value for name, value in mode.items() if value is not None}
    try:
        obstore.put(store, path, body, mode=mode)
    except (AlreadyExistsError, PreconditionError) as error:
        return type(error).__name__.removesuffix("Error")
    return "done"


def create(store) -> str:
    """A second create of one name."""
    obstore.put(store, "create", b"1", mode="create")
    return put(store, "create", b"2", "create") + f", {obstore.get(store, 'create').bytes().to_bytes().decode()} stays"


def creates_at_once(store) -> str:
    """Creates done of 16 at once."""
    with ThreadPoolExecutor(16) as threads:
        return str(list(threads.map(lambda each: put(store, "race", b"%d" % each, "create"), range(16))).count("done"))


def swap(store) -> str:
    """A swap by the etag that is, by one that was, of nothing."""
    first = obstore.put(store, "swap", b"1")
    said = [put(store, "swap", b"2", first), put(store, "swap", b"3", first), put(store, "none", b"1", first)]
    return ", ".join(said) + f"; {obstore.get(store, 'swap').bytes().to_bytes().decode()} stays"


def swaps_at_once(store) -> str:
    """Swaps done of 16 at once by one etag."""
    first = obstore.put(store, "swaps", b"0")
    with ThreadPoolExecutor(16) as threads:
        return str(
            list(threads.map(lambda each: put(store, "swaps", b"%d" % (each + 1), first), range(16))).count("done")
        )


def etags(store) -> str:
    """The etags of A, B, A: first and last."""
    first, _, last = (obstore.put(store, "etags", each)["e_tag"] for each in (b"A", b"B", b"A"))
    return "equal" if first == last else "differ"


def copy(store) -> str:
    """A copy onto what is there, overwrite=False."""
    for name in ("from", "to"):
        obstore.put(store, name, name.encode())
    try:
        obstore.copy(store, "from", "to", overwrite=False)
    except AlreadyExistsError:
        return "AlreadyExists"
    return "done"


def broken_writer(store) -> str:
    """An exception within a writer of parts: seen, unfinished uploads."""
    with suppress(ZeroDivisionError), obstore.open_writer(store, "broken", buffer_size=PART) as writer:
        writer.write(BIG)
        raise ZeroDivisionError
    return seen(store, "broken")


def broken_small(store) -> str:
    """An exception within a writer of little: seen, unfinished uploads."""
    with suppress(ZeroDivisionError), obstore.open_writer(store, "broken small") as writer:
        writer.write(b"x")
        raise ZeroDivisionError
    return seen(store, "broken small")


def broken_put(store) -> str:
    """An exception within what is put: seen, unfinished uploads."""

    def parts():
        yield BIG
        raise ZeroDivisionError

    with suppress(Exception):
        obstore.put(store, "broken put", parts(), chunk_size=PART)
    return seen(store, "broken put")


def killed(store) -> str:
    """A writer whose process is killed: seen, unfinished uploads."""
    if isinstance(store, MemoryStore):
        return "-"
    code = (
        "import os, pickle, sys, time, obstore\n"
        "store = pickle.load(sys.stdin.buffer)\n"
        f"writer = obstore.open_writer(store, 'killed', buffer_size={PART})\n"
        f"writer.write(os.urandom({len(BIG)})); time.sleep(1); os.kill(os.getpid(), {int(signal.SIGKILL)})"
    )
    subprocess.run([sys.executable, "-c", code], input=pickle.dumps(store), check=False, timeout=60)
    return seen(store, "killed")


def aborted(store) -> str:
    """Unfinished uploads found, said to be of today, and left once they are aborted."""
    if not isinstance(store, S3Store):
        return "-"
    before = unfinished(store)
    today = [begun for _, _, begun in before if abs(datetime.now(UTC) - begun) < timedelta(days=1)]
    for key, upload, _ in before:
        ask(store, "DELETE", f"uploadId={quote(upload, safe='')}", key)
    return f"{len(before)}, {len(today)}, {len(unfinished(store))}"


def seen(store, path: str) -> str:
    visible = [each for page in obstore.list(store) for each in page if each["path"] == path]
    return f"{'seen' if visible else 'not seen'}; {left(store)}"


def left(store) -> str:
    if isinstance(store, S3Store):
        return str(len(unfinished(store)))
    if isinstance(store, LocalStore):
        return f"{len([each for each in Path(store.prefix).iterdir() if '#' in each.name])} files"
    return "-"


def unfinished(store) -> list[tuple[str, str, datetime]]:
    """Key, upload and time of each upload that nobody has finished, of a bucket of the S3 kind."""
    said = ask(store, "GET", "uploads=")
    return [
        (tag(each, "Key"), tag(each, "UploadId"), datetime.fromisoformat(tag(each, "Initiated")))
        for each in re.findall(r"<Upload>(.*?)</Upload>", said, re.DOTALL)
    ]


def tag(text: str, name: str) -> str:
    return re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)[1]


def ask(store, method: str, query: str, key: str = "") -> str:
    """The answer to a request that obstore has no word for, signed by its own signing.

    It signs whatever address its endpoint makes, a query in it too. The slash that it puts before a path goes into a
    parameter that S3 promises to ignore, as all that begin with x-.
    """
    place = f"{store.config['endpoint']}/{store.config['bucket']}/{quote(key)}".rstrip("/")
    signer = S3Store(
        **store.config | {"endpoint": f"{place}?{query}&x-rest="}, virtual_hosted_style_request=True, **PLAIN
    )
    url = obstore.sign(signer, method, "", timedelta(minutes=5))
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=60) as answer:
        return answer.read().decode()


QUESTIONS = [create, creates_at_once, swap, swaps_at_once, etags, copy]
QUESTIONS += [broken_writer, broken_small, broken_put, killed, aborted]


def opened(bucket):
    return S3Store(
        bucket.bucket,
        endpoint=bucket.endpoint,
        access_key_id=object_stores.KEY,
        secret_access_key=object_stores.SECRET,
        region=object_stores.REGION,
        **PLAIN,
    )


@contextmanager
def s3(start):
    store = start()
    try:
        with store.bucket("conditions") as bucket:
            yield opened(bucket)
    finally:
        store.stop()


@contextmanager
def rclone():
    (port,) = object_stores.free_ports(1)
    login = f"--auth-key={object_stores.KEY},{object_stores.SECRET}"
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "conditions").mkdir()
        with process("rclone", "serve", "s3", f"--addr=127.0.0.1:{port}", login, folder):
            store = opened(object_stores.Bucket(f"http://127.0.0.1:{port}", "conditions"))
            end = time.monotonic() + 60
            while time.monotonic() < end:
                with suppress(Exception):
                    obstore.put(store, "ready", b"x")
                    break
            yield store


@contextmanager
def process(*command):
    with tempfile.TemporaryDirectory() as folder, ExitStack() as end:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
        running = end.enter_context(subprocess.Popen(list(command), **quiet))
        end.callback(running.kill)
        yield


def again(request, seconds=60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(request(), timeout=10).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


@contextmanager
def azurite():
    (port,) = object_stores.free_ports(1)
    endpoint = f"http://127.0.0.1:{port}/devstoreaccount1"

    def new_container():
        date = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        signed = "PUT" + "\n" * 12 + f"x-ms-date:{date}\nx-ms-version:2021-08-06\n"
        signed += "/devstoreaccount1/devstoreaccount1/conditions\nrestype:container"
        digest = hmac.new(base64.b64decode(AZURITE_KEY), signed.encode(), hashlib.sha256).digest()
        login = f"SharedKey devstoreaccount1:{base64.b64encode(digest).decode()}"
        headers = {"x-ms-date": date, "x-ms-version": "2021-08-06", "Authorization": login, "Content-Length": "0"}
        return urllib.request.Request(f"{endpoint}/conditions?restype=container", method="PUT", headers=headers)

    options = ("--blobHost", "127.0.0.1", "--blobPort", str(port), "--skipApiVersionCheck", "--disableTelemetry")
    with process("azurite-blob", *options):
        again(new_container)
        yield AzureStore(
            container_name="conditions",
            account_name="devstoreaccount1",
            account_key=AZURITE_KEY,
            endpoint=endpoint,
            **PLAIN,
        )


@contextmanager
def fake_gcs():
    (port,) = object_stores.free_ports(1)
    endpoint = f"http://127.0.0.1:{port}"
    options = ("-scheme", "http", "-host", "127.0.0.1", "-port", str(port), "-backend", "memory")
    body = json.dumps({"name": "conditions"}).encode()
    headers = {"Content-Type": "application/json"}
    account = {
        "gcs_base_url": endpoint,
        "disable_oauth": True,
        "client_email": "",
        "private_key": "",
        "private_key_id": "",
    }
    with process("fake-gcs-server", *options, "-public-host", f"127.0.0.1:{port}", "-external-url", endpoint):
        again(lambda: urllib.request.Request(f"{endpoint}/storage/v1/b", data=body, headers=headers))
        yield GCSStore("conditions", service_account_key=json.dumps(account), **PLAIN)


@contextmanager
def local():
    with tempfile.TemporaryDirectory() as folder:
        yield LocalStore(folder)


@contextmanager
def memory():
    yield MemoryStore()


STORES = {
    "moto": lambda: s3(object_stores.moto),
    "SeaweedFS": lambda: s3(object_stores.seaweedfs),
    "rclone serve s3": rclone,
    "Azurite": azurite,
    "fake-gcs-server": fake_gcs,
    "LocalStore": local,
    "MemoryStore": memory,
}

if __name__ == "__main__":
    main()
