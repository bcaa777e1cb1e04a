"""A server in an own process, and a client that costs next to nothing: what both sides of a ratio have in common."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

BATCH = 500
IDLE_S = 4.0  # servers close a connection after five seconds without a request
START_S_MAX = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class Sample(NamedTuple):
    """Seconds between a question and its whole answer, without the client's own work; and of the server's CPU."""

    wall_s: float
    cpu_s: float


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Busy(Exception):
    """The server did not get to it; ask again after so many seconds, as a device does."""

    def __init__(self, after_s: float) -> None:
        super().__init__(f"busy, ask again after {after_s} s")
        self.after_s = after_s


class Connection:
    """One kept-alive connection; opened anew where it was idle for so long that the server has closed it."""

    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.asked_s = self.last_s = 0.0  # all that was ever waited for answers; when the last one came

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
        """Return the body of a reply."""
        if time.perf_counter() - self.last_s > IDLE_S:
            self.http.close()  # a request opens a new one by itself
        began = time.perf_counter()
        self.http.request(method, path, body, headers or {})
        response = self.http.getresponse()
        content = response.read()
        self.last_s = time.perf_counter()
        self.asked_s += self.last_s - began
        if response.status == 503:
            raise Busy(float(response.headers["retry-after"]))
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return content


class Process:
    """A server process, its CPU and memory, and a connection to it."""

    def __init__(self, arguments: list[str], environment: dict[str, str], program: str = sys.executable) -> None:
        self.arguments, self.environment, self.program = arguments, environment, program
        self.port = free_port()
        self.started_s = 0.0
        self.connection = Connection(self.port)

    def start(self) -> None:
        started = time.perf_counter()
        command = [self.program, *(argument.replace("PORT", str(self.port)) for argument in self.arguments)]
        environment = os.environ | {k: v.replace("PORT", str(self.port)) for k, v in self.environment.items()}
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - started > START_S_MAX:
                raise RuntimeError(f"{command} does not answer")
            time.sleep(0.02)
        self.started_s = time.perf_counter() - started

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
        except OSError:
            return False

    def stop(self) -> None:
        self.connection.http.close()
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
        return self.connection.ask(method, path, body, headers)

    @contextmanager
    def timed(self) -> Iterator[list[Sample]]:
        """Yield a list that holds the sample afterwards."""
        out: list[Sample] = []
        cpu, wall = self.cpu_s(), self.connection.asked_s
        yield out
        out.append(Sample(self.connection.asked_s - wall, self.cpu_s() - cpu))


def in_turns(one: Callable[[], Sample], other: Callable[[], Sample], runs: int) -> tuple[Sample, Sample]:
    """Return what both took, measured in turns."""
    pairs = [(one(), other()) for _ in range(runs)]
    first, second = zip(*pairs, strict=True)
    return _middle(first), _middle(second)


def _middle(samples: tuple[Sample, ...]) -> Sample:
    return Sample(statistics.median(s.wall_s for s in samples), statistics.mean(s.cpu_s for s in samples))
