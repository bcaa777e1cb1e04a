"""A tablet with one worker, signed in: writes, sends, sees."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from server.clock import now_ms
from server.demo.tablet import Tablet
from sync import wire
from sync.apply import view
from sync.edits import Edit, Record, Value
from sync.ids import erasure_id
from sync.kinds import KINDS_VERSION
from sync.stamp import from_ms

if TYPE_CHECKING:
    from tests.support.world import World


def name_id(name: str) -> str:
    """Return the id of a local name."""
    return str(uuid5(NAMESPACE_URL, name))


def author_of(name: str) -> str:
    """Return an author id, always the same for a name."""
    return urlsafe_b64encode(sha256(name.encode()).digest()[:8]).decode().rstrip("=")


@dataclass(frozen=True)
class Reply:
    """One answer of POST /api/sync."""

    status: int
    body: dict[str, Any]
    headers: httpx.Headers

    @property
    def acks(self) -> list[tuple[str, ...]]:
        return [tuple(ack) for ack in self.body["acks"]]

    @property
    def closed(self) -> list[str]:
        return self.body["closed"]

    @property
    def streams(self) -> dict[str, Any]:
        return self.body["streams"]

    @property
    def code(self) -> str:
        return self.body["code"]


class Device:
    """A tablet with one worker, signed in."""

    def __init__(self, world: "World", member: str, token: str, id: str, author: str, *, is_session: bool) -> None:
        self.world, self.member, self.token, self.id, self.author = world, member, token, id, author
        self.tablet = Tablet({member: author})
        self.headers = (
            {"Cookie": f"onthaal_session={token}", "Sec-Fetch-Site": "same-origin"}
            if is_session
            else {"Authorization": f"Bearer {token}"}
        )
        self._n = 0

    def writes(self, name: str, kind: str, /, *, event: str | None = None, **values: Value) -> Edit:
        """Write on the tablet; nothing is sent. Fields with a key are given as ``team__x`` or by ``**{"a/b": …}``."""
        scope = self.world.event if event is None else event
        id = name if "-" in name and len(name) == 36 else self.world.id(name)
        return self.tablet.write(self.member, kind, id, scope, values, now_ms=now_ms())

    def syncs(self) -> Reply:
        """Send what waits and fetch until nothing is missing; return the first reply."""
        first: Reply | None = None
        while True:
            reply = self.posts(self.tablet.request(self.member, now_ms=now_ms()))
            first = first or reply
            if reply.status != 200:
                return first
            complete = self.tablet.receive(self.member, json.dumps(reply.body).encode(), now_ms=now_ms())
            if complete and not self.tablet.waiting:
                return first

    def sends(self, edits: Iterable[Edit | bytes], **head: object) -> Reply:
        """Send edits as they are, past the tablet; return the reply."""
        raw = [edit if isinstance(edit, bytes) else wire.encode_edit(edit) for edit in edits]
        return self.posts(self.body(raw, **head))

    def body(self, edits: Iterable[bytes] = (), **head: object) -> bytes:
        """Return the body of a call."""
        self._n += 1
        request = {"protocol": 1, "kinds": KINDS_VERSION, "epoch": self.world.server.epoch, "call": self._n,
                   "now": now_ms(), "cursors": {}, "limit": 1000, **head}  # fmt: skip
        return json.dumps(request).encode()[:-1] + b',"edits":[' + b",".join(edits) + b"]}"

    def posts(self, body: bytes, **headers: str) -> Reply:
        """Post a body to /api/sync."""
        sent = {"Content-Type": "application/json", **self.headers, **headers}
        answer = self.world.run(self.world.http.post("/api/sync", content=body, headers=sent))
        return Reply(answer.status_code, answer.json(), answer.headers)

    def asks(self, method: str, path: str, json_body: object = None, **headers: str) -> httpx.Response:
        """Return the answer of another route."""
        return self.world.call(method, path, headers={**self.headers, **headers}, json_body=json_body)

    def edit(
        self, n: int, name: str, kind: str = "visit", /, *, at_ms: int | None = None,
        over: dict[str, list[str]] | None = None, event: str | None = None, u: int = 0, **values: Value,
    ) -> Edit:  # fmt: skip
        """Return an edit numbered by hand."""
        scope = self.world.event if event is None else event
        id = name if len(name) == 36 else self.world.id(name)
        return Edit(
            self.author, n, from_ms(now_ms() if at_ms is None else at_ms), kind, id, values, scope, over or {}, u
        )

    @property
    def records(self) -> dict[str, Record]:
        """The server's records on this tablet."""
        return self.tablet.records

    def sees(self, name: str) -> dict[str, Value] | None:
        """Return what is shown of a record, None where the tablet does not have it."""
        record = self.tablet.shown(name if len(name) == 36 else self.world.id(name))
        return view(record) if record else None

    def hands_over(self, name: str, *, card: str, table: str = "housing-table", **values: Value) -> Edit:
        """Write a hand-over to a table."""
        return self.writes(
            name, "referral", card=card, to_table=self.world.id(table), mode="walked_over", state="requested", **values
        )

    def gives_card(self, animal: str, tens: str) -> str:
        """Write a given card; return its id."""
        id, values = self.world.card(animal, tens)
        self.writes(id, "card", **values)
        return id

    def erases(self, card: str) -> Edit:
        """Write the wish to erase a card."""
        return self.writes(erasure_id(card), "erasure", card=card)
