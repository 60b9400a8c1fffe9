"""Dask workers: a scheduler and its workers, real processes to test with."""

import json
import os
import subprocess
import sys
import time


class Workers:
    """A real scheduler and real workers, each a process of its own, that know nothing of Prefect."""

    def __init__(self, folder):
        """In a folder that is theirs alone."""
        self._folder = folder
        self._file = folder / "scheduler.json"
        self._scheduler = self._start("scheduler", "--port", "0", "--scheduler-file", str(self._file))
        self.workers = []

    def _start(self, kind, *words, cwd=None, **variables):
        known = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | variables
        command = [sys.executable, "-P", "-m", f"distributed.cli.dask_{kind}", "--no-dashboard", *words]
        return subprocess.Popen(command, cwd=cwd or self._folder, env=known, stdout=-3, stderr=-3)

    def join(self, folder=None, **variables):
        """One worker more, which has a folder of its own where one is given."""
        folder = folder or self._folder
        name = f"--scheduler-file {self._file} --nthreads 1 --no-nanny --local-directory {folder}"
        self.workers.append(self._start("worker", *name.split(), cwd=folder, **variables))

    @property
    def address(self):
        """The scheduler's, once it has one."""
        while not self._file.exists() or not self._file.stat().st_size:
            time.sleep(0.05)
        return json.loads(self._file.read_text())["address"]

    def end(self):
        """Kill them all."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()
