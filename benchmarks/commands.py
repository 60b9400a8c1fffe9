"""Whole commands: killed at moments spread over the time they take, and twenty of them at once on one home."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter

from looks import checked, digest, environment, left_behind, look_at_batch, look_at_labels, tell
from tables import make

from flows.runs import server
from flows.state.home import Home
from work import label, train

COMMANDS = {"replay": (), "diff": ("--version", "2")}
KILLS, ROWS = 12, 100_000
CROWD, CROWD_ROWS = 20, 20_000
SAME = 10  # runs of a crowd that all want one file
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def words(command, *more, home):
    return [sys.executable, "-P", "-m", "flows", command, *map(str, more), "--home", str(home.folder)]


def torture_command(command, folder):
    """Kill a command that publishes nothing: what is published stays, the next run completes and clears."""
    home, temporary, rng = Home.at(folder / "home"), folder / "temporary", random.Random(command)
    temporary.mkdir()
    train(home, seed=0)
    train(home, seed=1)
    source = make(ROWS, folder / "wines.parquet")
    label(source, home, 1)
    kept, environs = digest(home.labels("wines")), environment(TMPDIR=str(temporary))
    line = words(command, "wines", "--source", source, *COMMANDS[command], home=home)

    def at_work():
        return [path for place in (temporary, home.staging) if place.is_dir() for path in place.iterdir()]

    def run(seconds=None):
        """Run it to its end, or kill it so many seconds after it has begun to work; for how long it was at work."""
        with subprocess.Popen(line, env=environs, cwd=folder, **QUIET) as process:
            while not at_work() and process.poll() is None:
                time.sleep(0.002)
            began = time.perf_counter()
            try:
                process.wait(seconds)
            except subprocess.TimeoutExpired:
                process.kill()
        return process.returncode, time.perf_counter() - began

    def follow():
        found = look_at_labels(home, "wines", [kept])
        found["runs not completed"] += run()[0] != 0
        found += look_at_labels(home, "wines", [kept]) + look_at_batch(home, "wines", ROWS)
        return found + Counter({"staging left behind": len(at_work())})

    took, kills, found = run()[1], 0, Counter()
    for turn in range(KILLS):
        kills += run(took * (turn + rng.random()) / KILLS)[0] == -signal.SIGKILL
        faults = checked(follow)
        for left in temporary.iterdir():  # one kill, one fault
            shutil.rmtree(left)
        tell(f"{command}, turn {turn}", faults, "")
        found += faults
    return f"{took:.1f} s", kills, found


def killed(line, environs, folder, moment):
    """Begin a command and kill it so many seconds later; whether it was still at it."""
    with subprocess.Popen(line, env=environs, cwd=folder, **QUIET) as process:
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode == -signal.SIGKILL


def crowd(folder):
    """Twenty runs at once: half of them of one file, the others each of its own; and one of everything afterwards."""
    home = Home.at(folder / "home")
    train(home, seed=0)
    first = make(CROWD_ROWS, folder / "same.parquet")
    others = [shutil.copy(first, folder / f"other-{number}.parquet") for number in range(CROWD - SAME)]
    api = server.Server()
    try:
        assert api.ready()
        environs = environment(PREFECT_API_URL=api.url)
        began = time.perf_counter()
        lines = [words("label", each, "--quiet", home=home) for each in [first] * SAME + others]
        pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
        runs = [subprocess.Popen(line, env=environs, cwd=folder, **pipes) for line in lines]
        said = [run.communicate()[1] for run in runs]
        took, ended = time.perf_counter() - began, [run.returncode for run in runs]
        lines.append(words("label", first, *others, "--quiet", home=home))
        ended.append(subprocess.run(lines[-1], env=environs, cwd=folder, check=False, **QUIET).returncode)
    finally:
        api.stop()
    found = Counter({"runs not completed": sum(status != 0 for status in ended)}) + left_behind(home)
    for name in ["same", *(f"other-{number}" for number in range(CROWD - SAME))]:
        found += checked(look_at_batch, home, name, CROWD_ROWS)
    tell(f"{CROWD} at once, ended {Counter(ended)}", found, "".join(said))
    return f"{took:.1f} s", 0, found
