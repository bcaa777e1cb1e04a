"""What must outlive the database: the epoch of its numbering, how far it had come, ids that were erased or revoked.

A database restored from an older copy is behind what stands here, or has another epoch: then every device is told to
start anew and to offer again what it sent (docs/protocol.md, Epoch); and what was erased since is erased again before
anybody may read. Where this folder was put back together with the database, only the time tells (decision 0042).
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

What = Literal["erased", "revoked", "left", "back"]  # left, back: members
WRITE_MS = 1000
STILL_MS = 600_000  # longer than a restart takes


class Outside:
    """Four files in the state directory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._epoch, self._log, self._counters = folder / "epoch", folder / "gone.ndjson", folder / "counters.json"
        self._alive = folder / "alive"
        self._latest: dict[str, int] = {}
        self._written_ms = 0

    def epoch(self) -> str:
        """Return the epoch last served, '' before the first start."""
        return self._epoch.read_text(encoding="ascii").strip() if self._epoch.exists() else ""

    def keep_epoch(self, epoch: str) -> None:
        """Store the epoch that is served from now on."""
        _write(self._epoch, epoch.encode())

    def keep_alive(self, *, now_ms: int) -> None:
        """Note that this is the state in use: now and then while a server runs, and when it stops."""
        _write(self._alive, str(now_ms).encode())

    def stood_still(self, *, now_ms: int) -> bool:
        """Return whether no server ran here for longer than a restart takes: it may be an older copy of a whole machine."""
        return self._alive.exists() and abs(now_ms - int(self._alive.read_bytes())) > STILL_MS

    def counters(self) -> dict[str, int]:
        """Return how far each stream had come, by ``organisation stream``: a database behind that is an older copy."""
        if not self._counters.exists():
            return {}
        return msgspec.json.decode(self._counters.read_bytes(), type=dict[str, int])

    def keep_counters(self, organisation: str, positions: Mapping[str, int], *, now_ms: int) -> None:
        """Note after a commit how far streams have come; written at most once a second, and at the end."""
        self._latest |= {f"{organisation} {stream}": at for stream, at in positions.items() if at}
        if abs(now_ms - self._written_ms) >= WRITE_MS:
            self._written_ms = now_ms
            self.write_counters()

    def write_counters(self) -> None:
        """Store what was noted, beside what others noted."""
        if not self._latest:
            return
        counters = self.counters()
        counters |= {stream: max(at, counters.get(stream, 0)) for stream, at in self._latest.items()}
        _write(self._counters, msgspec.json.encode(counters))

    def forget_counters(self) -> None:
        """Start again, with another epoch."""
        self._counters.unlink(missing_ok=True)

    def note(self, what: What, organisation: str, ids: Sequence[str]) -> None:
        """Append ids, on disk before it returns."""
        with self._log.open("a", encoding="ascii") as file:
            for id in ids:
                file.write(json.dumps({"what": what, "organisation": organisation, "id": id}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def left(self) -> Iterable[tuple[str, str]]:
        """Yield (organisation, id) of the members who left and did not come back."""
        last = {(organisation, id): what for what, organisation, id in self._lines() if what in ("left", "back")}
        yield from (key for key, what in last.items() if what == "left")

    def gone(self, what: What) -> Iterable[tuple[str, str]]:
        """Yield (organisation, id) of everything that was ever noted as ``what``."""
        yield from ((organisation, id) for noted, organisation, id in self._lines() if noted == what)

    def _lines(self) -> Iterable[tuple[str, str, str]]:
        """Yield what, organisation and id, oldest first; a line cut by a power failure is passed over."""
        if not self._log.exists():
            return
        for line in self._log.read_text(encoding="ascii").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            yield entry["what"], entry["organisation"], entry["id"]


def _write(file: Path, content: bytes) -> None:
    """Replace a file whole; another process may do so at the same time."""
    fresh = file.with_suffix(f".{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(file)
