"""What must outlive the database: the epoch of its numbering, and ids that were erased or revoked.

A database restored from an older copy no longer has the epoch that stands here, so every device is told to start
anew and to offer again what it sent (docs/protocol.md, Epoch); and what was erased since is erased again before
anybody may read.
"""

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

What = Literal["erased", "revoked", "left", "back"]  # left, back: members


class Outside:
    """Two files in the state directory."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._epoch, self._log = folder / "epoch", folder / "gone.ndjson"

    def epoch(self) -> str:
        """Return the epoch last served, '' before the first start."""
        return self._epoch.read_text(encoding="ascii").strip() if self._epoch.exists() else ""

    def keep_epoch(self, epoch: str) -> None:
        """Store the epoch that is served from now on."""
        fresh = self._epoch.with_suffix(".new")
        fresh.write_text(epoch, encoding="ascii")
        fresh.replace(self._epoch)

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
