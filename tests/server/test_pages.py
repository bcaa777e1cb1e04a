"""What a reply brings: limits, positions, bytes, compression."""

import gzip
import json
from threading import get_ident
from types import ModuleType

import brotli
import pytest
import zstandard

from server.exchange.check import differences
from server.store.held import HeldPages, Page
from tests.support.world import Device, World


def reads_all(device: Device, stream: str, **head: object) -> tuple[list[dict[str, object]], int]:
    """Read one stream page by page; return its records and how many calls it took."""
    cursors = {name: page["at"] for name, page in device.sends([]).streams.items() if name != stream}
    records: list[dict[str, object]] = []
    calls = 0
    while True:
        page = device.sends([], cursors=cursors, **head).streams[stream]
        calls += 1
        records += page.get("records", [])
        assert page["from"] == cursors.get(stream, 0)
        cursors[stream] = page["at"]
        if not page["more"]:
            assert page["digest"]
            return records, calls
        assert "digest" not in page and (page.get("records") or page.get("gone"))


def test_pages_are_limited_and_together_bring_everything_once(world: World) -> None:
    amina = world.device("amina")
    amina.sends([amina.edit(n, f"talk-{n}", channel="tent") for n in range(1, 101)])
    own = f"event:{world.event}/member:{amina.member}"
    cursors = {name: page["at"] for name, page in amina.sends([]).streams.items() if name != own}

    got: list[str] = []
    calls, more = 0, True
    while more:
        calls += 1
        reply = amina.sends([], cursors=cursors, limit=15)
        page = reply.streams[own]
        got += [record["id"] for record in page["records"]]
        cursors[own], more = page["at"], page["more"]

    assert (calls, len(got), len(set(got))) == (7, 100, 100)


def test_a_reply_brings_at_least_one_entry_however_small_the_limit(world: World) -> None:
    amina = world.device("amina")

    records, calls = reads_all(amina, "org", limit=0)

    assert len(records) == calls or len(records) + 1 == calls
    assert {record["kind"] for record in records} == {"organisation", "member", "service"}


def test_gone_entries_count_in_the_limit(world: World) -> None:
    amina, griet, sofie = world.device("amina"), world.device("griet"), world.device("sofie")
    card = amina.gives_card("fox", "79")
    for n in range(20):
        amina.hands_over(f"handover-{n}", card=card)
    amina.syncs()
    stream = f"event:{world.event}/service:{world.id('housing-service')}"
    cursors = {name: page["at"] for name, page in sofie.sends([]).streams.items()}
    for n in range(20):
        amina.writes(f"handover-{n}", "referral", state="withdrawn")
    amina.syncs()
    del griet

    page = sofie.sends([], cursors=cursors, limit=8).streams[stream]

    assert (len(page["gone"]), page["more"]) == (8, True)


def test_a_page_holds_at_most_a_mebibyte(world: World) -> None:
    amina = world.device("amina")
    words = "é" * 1900
    edits = [amina.edit(n, f"issue-{n}", "issue", theme="ENE", own_words=words, ask=words) for n in range(1, 301)]
    for start in range(0, 300, 50):
        amina.sends(edits[start : start + 50])

    reply = amina.sends([])
    size = len(json.dumps(reply.body, ensure_ascii=False).encode())
    page = reply.streams[f"event:{world.event}/member:{amina.member}"]

    assert page["more"] and len(page["records"]) > 50
    assert 0.8 * 2**20 < size < 1.1 * 2**20


def test_a_record_that_changes_while_it_is_paged_is_read_in_its_last_state(world: World) -> None:
    amina = world.device("amina")
    amina.sends([amina.edit(n, f"talk-{n}", channel="tent") for n in range(1, 31)])
    own = f"event:{world.event}/member:{amina.member}"
    rest = {name: page["at"] for name, page in amina.sends([]).streams.items() if name != own}
    first = amina.sends([], cursors=rest, limit=10).streams[own]
    amina.sends([amina.edit(31, "talk-1", outcome="solved")])

    second = amina.sends([], cursors={**rest, own: first["at"]}).streams[own]

    assert [record["id"] for record in second["records"]][-1] == world.id("talk-1")
    assert len(second["records"]) == 21 and not second["more"]


def test_a_page_that_was_held_is_what_a_fresh_one_would_be_after_every_change(world: World) -> None:
    amina = world.device("amina")
    amina.sends([amina.edit(n, f"talk-{n}", channel="tent") for n in range(1, 41)])
    own = f"event:{world.event}/member:{amina.member}"
    changes = [("talk-3", "solved"), ("talk-3", "listened"), ("talk-40", "solved"), ("talk-12", "referred")]

    for n, (name, outcome) in enumerate(changes, 41):
        reads_all(amina, own, limit=7)
        assert world.server.store.keys.pages.all()
        amina.sends([amina.edit(n, name, outcome=outcome)])

        with_held, _ = reads_all(amina, own, limit=7)
        world.server.store.keys.pages.clear()
        fresh, _ = reads_all(amina, own, limit=7)

        assert with_held == fresh and len(fresh) == 40
        assert fresh[-1]["id"] == world.id(name)


def test_what_was_erased_is_in_no_page_that_is_held(world: World) -> None:
    amina, secret = world.device("amina"), "woorden van de kaart"
    card = amina.gives_card("fox", "79")
    amina.writes("issue-1", "issue", card=card, theme="HOU", own_words=secret)
    amina.syncs()
    own = f"event:{world.event}/member:{amina.member}"
    reads_all(amina, own, limit=1)
    held = world.server.store.keys.pages
    assert any(secret.encode() in page.records for page in held.all())

    amina.erases(card)
    amina.syncs()

    assert not any(secret.encode() in page.records for page in held.all())


def test_held_pages_make_room_for_newer_ones_the_longest_unused_first() -> None:
    held = HeldPages(bytes_max=100)
    pages = [Page(10, at, 0, b"x" * 40) for at in (10, 20, 30)]
    held.put(1, 0, 10, pages[0])
    held.put(1, 10, 10, pages[1])
    held.get(1, 0, 10)
    held.put(1, 20, 10, pages[2])
    held.put(1, 20, 10, pages[2])

    assert held.all() == [pages[0], pages[2]]
    assert held.get(1, 10, 10) is None


def test_an_author_writes_and_reads_in_one_call(world: World) -> None:
    amina = world.device("amina")
    own = f"event:{world.event}/member:{amina.member}"

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent")], cursors={})

    [record] = reply.streams[own]["records"]
    assert record["live"] == [
        {"a": amina.author, "n": 1, "by": amina.member, "e": record["live"][0]["e"], "set": {"channel": "tent"}}
    ]
    assert (record["author"], record["past"]) == (amina.member, {})


@pytest.mark.parametrize(
    ("accepts", "library"), [("zstd", zstandard), ("br", brotli), ("gzip", gzip)], ids=["zstd", "br", "gzip"]
)
def test_a_reply_is_compressed_off_the_event_loop(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch, accepts: str, library: ModuleType
) -> None:
    compress, threads = library.compress, set[int]()

    def noted(*args: object, **named: object) -> bytes:
        threads.add(get_ident())
        return bytes(compress(*args, **named))

    async def loops() -> int:
        return get_ident()

    amina = sqlite_world.device("amina")
    monkeypatch.setattr(library, "compress", noted)
    headers = {**amina.headers, "Content-Type": "application/json", "Accept-Encoding": accepts}
    answer = sqlite_world.call("POST", "/api/sync", headers=headers, content=amina.body())

    assert (answer.status_code, answer.headers["content-encoding"]) == (200, accepts)
    assert len(threads) == 1 and sqlite_world.run(loops()) not in threads


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [("gzip, deflate, br, zstd", "zstd"), ("gzip, br", "br"), ("gzip", "gzip"), ("identity", "")],
)
def test_replies_are_compressed_as_the_device_can_read_them(sqlite_world: World, accepts: str, encoding: str) -> None:
    amina = sqlite_world.device("amina")
    read = {
        "zstd": zstandard.ZstdDecompressor().decompress,
        "br": brotli.decompress,
        "gzip": gzip.decompress,
        "": bytes,
    }

    async def raw() -> tuple[bytes, str]:
        headers = {**amina.headers, "Content-Type": "application/json", "Accept-Encoding": accepts}
        async with sqlite_world.http.stream("POST", "/api/sync", content=amina.body(), headers=headers) as answer:
            return b"".join([chunk async for chunk in answer.aiter_raw()]), answer.headers.get("content-encoding", "")

    body, named = sqlite_world.run(raw())

    assert named == encoding
    assert json.loads(read[encoding](body))["streams"]["org"]["records"]


def test_entries_that_are_missing_and_entries_of_nothing_are_named(world: World) -> None:
    amina = world.device("amina")
    amina.writes("talk-1", "visit", channel="tent")
    amina.syncs()
    desk = f"event:{world.event}/desk"
    assert world.run(differences(world.server.store)) == []

    world.spoils("DELETE FROM entry WHERE stream = (SELECT id FROM stream WHERE name = ?)", desk)
    world.spoils("INSERT INTO entry SELECT id, 999999, 77 FROM stream WHERE name = ?", desk)

    found = world.run(differences(world.server.store))
    assert f"{world.organisation} {desk}: {world.id('talk-1')} is no entry" in found
    assert f"{world.organisation} {desk}: nothing that is here is an entry" in found
