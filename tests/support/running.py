"""`unranked run` in a process of its own, as a supervisor has it."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
from signed import NO_TLS, SECRET
from small_world import TOKEN

PATIENCE_SECONDS = 60.0
ROOT = Path(__file__).parents[2]


class Service:
    """The process. With a port that was given it is not waited for; else it is ready."""

    def __init__(self, environment, folder):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "unranked.cli", "run"],
            env=environment,
            cwd=folder,
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        self.lines = []
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        if not (port := int(environment["UNRANKED_HTTP_PORT"])):
            self.wait_until_ready()
            port = int(re.search(r"on port (\d+)", self.said).group(1))
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, verify=NO_TLS)

    def wait_until_ready(self):
        """Wait until it says so, or has ended."""
        assert self._ready.wait(PATIENCE_SECONDS), self.lines

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line)
            if "ready" in line:
                self._ready.set()
        self._ready.set()

    @property
    def said(self):
        return "".join(self.lines)

    def metrics(self):
        body = self.http.get("/metrics").text
        lines = (line.rpartition(" ") for line in body.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in lines}

    def end(self):
        """Send the signal that a supervisor sends; return the exit code."""
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE_SECONDS)
        self._reader.join()
        return code


@contextmanager
def service(environment, folder):
    made = Service(environment, folder)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            made.process.kill()
            made.process.wait()
        made._reader.join()
        made.process.stderr.close()
        made.http.close()


def environment(url, slack, **more):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "UNRANKED_DATABASE_URL": url,
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": slack.url,
        "UNRANKED_HTTP_PORT": "0",
        **more,
    }


def wait_for(fact):
    end = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.02)
