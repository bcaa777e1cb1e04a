"""A server in an own process, and a client that costs next to nothing: what both sides of a ratio have in common."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol

from bench.day import Maker
from sync.wire import encode_edit

BATCH = 500
START_MS = 1_790_000_000_000
TICKS = os.sysconf("SC_CLK_TCK")


class Sample(NamedTuple):
    """Seconds on the wall, and of the server's CPU."""

    wall_s: float
    cpu_s: float


class Server(Protocol):
    """What can be measured of a server."""

    def push_day(self) -> Sample: ...
    def fill(self, records: int) -> None: ...
    def pull_all(self, *, compressed: bool) -> Sample: ...
    def pull_compressed(self) -> tuple[Sample, int]: ...
    def incremental(self) -> Sample: ...


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Process:
    """A server process, its CPU and memory, and one kept-alive connection to it."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.arguments, self.environment = arguments, environment
        self.port = free_port()
        self.started_s = 0.0

    def start(self) -> None:
        started = time.perf_counter()
        command = [sys.executable, *(argument.replace("PORT", str(self.port)) for argument in self.arguments)]
        environment = os.environ | {k: v.replace("PORT", str(self.port)) for k, v in self.environment.items()}
        self.process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        for _ in range(400):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    break
            except OSError:
                time.sleep(0.02)
        self.started_s = time.perf_counter() - started
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def stop(self) -> None:
        self.connection.close()
        self.process.terminate()
        self.process.wait(20)

    def cpu_s(self) -> float:
        """Return the CPU seconds of the server so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mb(self) -> float:
        """Return the server's resident memory."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        """Return the body of a reply."""
        self.connection.request(method, path, body, headers or {})
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return content

    @contextmanager
    def timed(self) -> Iterator[list[Sample]]:
        """Yield a list that holds the sample afterwards."""
        out: list[Sample] = []
        cpu, wall = self.cpu_s(), time.perf_counter()
        yield out
        out.append(Sample(time.perf_counter() - wall, self.cpu_s() - cpu))


class FloorServer:
    """The floor as a ``Server``."""

    def __init__(self, file: Path) -> None:
        self.process = Process(["-m", "bench.floor", "PORT", str(file)], {})
        self.seed, self.at = 0, 0

    def __enter__(self) -> "FloorServer":
        self.process.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stop()

    def maker(self) -> Maker:
        self.seed += 1
        return Maker(seed=self.seed, event="", author="A" * 11, start_ms=START_MS + self.seed)

    def push_day(self) -> Sample:
        edits = [encode_edit(edit) for edit in self.maker().day(1500, 2200)]
        bodies = [b'{"edits":[' + b",".join(edits[i : i + BATCH]) + b"]}" for i in range(0, len(edits), BATCH)]
        with self.process.timed() as out:
            for body in bodies:
                self.at = json.loads(self.process.ask("POST", "/push", body))["at"]
        return out[0]

    def fill(self, records: int) -> None:
        have = self.count()
        edits = [encode_edit(edit) for edit in self.maker().day(max(records - have, 0), max(records - have, 0))]
        for i in range(0, len(edits), BATCH):
            self.process.ask("POST", "/push", b'{"edits":[' + b",".join(edits[i : i + BATCH]) + b"]}")

    def count(self) -> int:
        return sum(n for n in self._pages())

    def _pages(self) -> Iterator[int]:
        at = 0
        while True:
            page = json.loads(self.process.ask("GET", f"/pull/{at}/1000"))
            if not page["records"]:
                self.at = at
                return
            at = page["at"]
            yield len(page["records"])

    def pull_all(self, *, compressed: bool) -> Sample:
        at = 0
        with self.process.timed() as out:
            while True:
                body = self.process.ask("GET", f"/pull/{at}/1000")
                fresh = int(body[6 : body.index(b",")])
                if fresh == at:
                    break
                at = fresh
        self.at = at
        return out[0]

    def pull_compressed(self) -> tuple[Sample, int]:
        return self.pull_all(compressed=False), 0

    def incremental(self) -> Sample:
        edits = [encode_edit(edit) for edit in self.maker().day(5, 5)]
        with self.process.timed() as out:
            self.process.ask("POST", "/push", b'{"edits":[' + b",".join(edits) + b"]}")
            self.process.ask("GET", f"/pull/{self.at}/1000")
        self.at += 5
        return out[0]
