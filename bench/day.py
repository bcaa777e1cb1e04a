"""The event day as a load: 1 500 records of about 350 bytes, 2 200 edits, like a square day but larger.

Made from a seed, so every run and both sides of a ratio get the same bytes.
"""

import random
from collections.abc import Iterator
from uuid import UUID

from sync.edits import Edit, Value
from sync.stamp import from_ms

WORDS = [
    "mijn",
    "aanvraag",
    "ligt",
    "al",
    "weken",
    "stil",
    "en",
    "niemand",
    "neemt",
    "op",
    "la",
    "facture",
    "est",
    "trop",
    "haute",
    "on",
    "ne",
    "comprend",
    "pas",
    "la",
    "lettre",
]
THEMES = ("MON", "HOU", "ENE", "DIG", "NEI", "FAM")


class Maker:
    """Makes edits of one author, in order; time goes on by a second an edit."""

    def __init__(self, *, seed: int, event: str, author: str, start_ms: int) -> None:
        self.random = random.Random(seed)
        self.event, self.author, self.now_ms, self.n = event, author, start_ms, 0

    def new_id(self) -> str:
        """Return a UUIDv7 of this maker's time and chance."""
        tail = (0x7 << 76) | (self.random.getrandbits(12) << 64) | (0b10 << 62) | self.random.getrandbits(62)
        return str(UUID(int=(self.now_ms << 80) | tail))

    def edit(self, kind: str, record: str, values: dict[str, Value]) -> Edit:
        """Return the next edit."""
        self.n += 1
        self.now_ms += 1000
        return Edit(self.author, self.n, from_ms(self.now_ms), kind, record, values, self.event)

    def words(self, n: int) -> str:
        """Return about ``n`` characters of own words."""
        text = ""
        while len(text) < n:
            text += self.random.choice(WORDS) + " "
        return text.strip()

    def day(self, records: int, edits: int) -> Iterator[Edit]:
        """Yield ``edits`` edits over ``records`` records: talks with issues, and later changes of issues."""
        issues: list[str] = []
        for n in range(records):
            record = self.new_id()
            if n % 3 == 0:
                visit = record
                yield self.edit("visit", visit, {"at": "2026-09-19T14:00:00Z", "channel": "tent", "language": "fr"})
            else:
                issues.append(record)
                theme = self.random.choice(THEMES)
                values: dict[str, Value] = {
                    "visit": visit,
                    "source": "person",
                    "theme": theme,
                    "own_words": self.words(160),
                    "review": "new",
                }
                yield self.edit("issue", record, values | {"words_language": "nl", "barriers/delay": True})
        for _ in range(edits - records):
            yield self.edit("issue", self.random.choice(issues), {"level": self.random.choice(("service", "federal"))})
