"""The floor's side of every ratio: bench/floor.py in a process of its own, and its client."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from bench.crowd import ALL, CROWD, EACH, Ask, Client, crowd
from bench.day import Maker
from bench.servers import BATCH, Process, Sample
from sync.wire import encode_edit

START_MS = 1_790_000_000_000


class FloorServer:
    """The floor, and a client that costs next to nothing."""

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
        bodies = [_body(edits[i : i + BATCH]) for i in range(0, len(edits), BATCH)]
        with self.process.timed() as out:
            for body in bodies:
                self.at = json.loads(self.process.ask("POST", "/push", body))["at"]
        return out[0]

    def fill(self, records: int) -> None:
        have = self.count()
        edits = [encode_edit(edit) for edit in self.maker().day(max(records - have, 0), max(records - have, 0))]
        for i in range(0, len(edits), BATCH):
            self.process.ask("POST", "/push", _body(edits[i : i + BATCH]))

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

    def pull_all(self) -> Sample:
        at = 0
        with self.process.timed() as out:
            while True:
                body = self.process.ask("GET", f"/pull/{at}/1000")
                fresh = _at(body)
                if fresh == at:
                    break
                at = fresh
        self.at = at
        return out[0]

    def incremental(self) -> Sample:
        edits = [encode_edit(edit) for edit in self.maker().day(5, 5)]
        with self.process.timed() as out:
            self.process.ask("POST", "/push", _body(edits))
            self.process.ask("GET", f"/pull/{self.at}/1000")
        self.at += 5
        return out[0]

    def crowd(self) -> Sample:
        """Return what fifty clients took; ``crowded`` says more."""
        list(self._pages())
        self.crowded = crowd(self.process, [self._client(self.at) for _ in range(CROWD)])
        return self.crowded.sample

    def _client(self, start: int) -> Client:
        body = _body([encode_edit(edit) for edit in self.maker().day(EACH, EACH)])

        def client(ask: Ask, everybody: Callable[[], object]) -> None:
            at = start
            ask("POST", "/push", body, {})
            everybody()
            while at < start + ALL:
                at = _at(ask("GET", f"/pull/{at}/1000", None, {}))

        return client


def _body(edits: list[bytes]) -> bytes:
    return b'{"edits":[' + b",".join(edits) + b"]}"


def _at(reply: bytes) -> int:
    return int(reply[6 : reply.index(b",")])
