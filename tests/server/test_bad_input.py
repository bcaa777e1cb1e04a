"""Bodies that are not what they should be: 4xx with a code, never 5xx, nothing stored."""

import gzip
import json
import re
import zlib
from collections.abc import AsyncIterator

import pytest

from tests.support.routes import BODIES, body_of, path_of, routes
from tests.support.world import Device, World

GOOD = {"protocol": 1, "kinds": 1, "epoch": "", "call": 1, "now": 1, "cursors": {}, "edits": []}


def changed(**fields: object) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


CORPUS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "half": json.dumps(GOOD).encode()[:-5],
    "two": json.dumps(GOOD).encode() * 2,
    "null": b"null",
    "a list": b"[]",
    "a number": b"1",
    "a float": b"1e400",
    "NaN": b"NaN",
    "not a number for now": b'{"protocol":1,"kinds":1,"epoch":"","call":1,"now":NaN,"cursors":{}}',
    "no fields": b"{}",
    "another field": changed(author="me"),
    "role claimed": changed(role="coordinator"),
    "text for a number": changed(call="1"),
    "float for a number": changed(call=1.0),
    "true for a number": changed(call=True),
    "negative": changed(call=-1),
    "a huge integer": b'{"protocol":1,"kinds":1,"epoch":"","call":' + b"9" * 5000 + b',"now":1,"cursors":{}}',
    "beyond 2^53": changed(now=2**53),
    "cursors a list": changed(cursors=[]),
    "a cursor of text": changed(cursors={"org": "1"}),
    "a cursor below zero": changed(cursors={"org": -1}),
    "edits an object": changed(edits={}),
    "edits null": changed(edits=None),
    "invalid UTF-8": b'{"protocol":1,"kinds":1,"epoch":"\xff\xfe","call":1,"now":1,"cursors":{}}',
    "invalid UTF-8 inside an edit": changed(edits=[{"a": "?"}]).replace(b"?", b"\xc3("),
    "overlong UTF-8": b'{"protocol":1,"kinds":1,"epoch":"\xc0\x80","call":1,"now":1,"cursors":{}}',
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(GOOD).encode(),
    "UTF-16": json.dumps(GOOD).encode("utf-16"),
    "a lone surrogate in the head": changed(epoch="\ud800"),
    "a long epoch": changed(epoch="x" * 41),
    "100 000 deep": b"[" * 100_000,
    "100 000 deep in an edit": changed(edits=["DEEP"]).replace(b'"DEEP"', b"[" * 100_000 + b"]" * 100_000),
    "501 edits": changed(edits=[{}] * 501),
    "many keys": changed(cursors={f"event:{n}": 1 for n in range(30_000)}),
    "a key that is long": changed(cursors={"x" * 301: 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", CORPUS)
def test_T22_T37_a_body_that_is_no_sync_request_is_answered_with_a_code(sqlite_world: World, name: str) -> None:
    amina = sqlite_world.device("amina")
    before = sqlite_world.stored()

    reply = amina.posts(CORPUS[name])

    assert reply.status in (400, 413) or (name in ("many keys", "100 000 deep in an edit") and reply.status == 200), (
        reply
    )
    if reply.status != 200:
        assert reply.code in ("bad_request", "too_large") and set(reply.body) == {"code", "detail"}
    assert sqlite_world.stored() == before


EDITS: dict[str, bytes] = {
    "a NUL in text": b'{"outcome_reason":"a\\u0000b"}',
    "a lone surrogate": b'{"outcome_reason":"\\ud83d"}',
    "a swapped pair": b'{"outcome_reason":"\\ude00\\ud83d"}',
    "an object": b'{"outcome_reason":{"a":1}}',
    "a nested list": b'{"outcome_reason":[["a"]]}',
    "a list": b'{"outcome_reason":["a"]}',
    "a float": b'{"outcome_reason":1.5}',
    "a number for a code": b'{"channel":1}',
    "true for a code": b'{"channel":true}',
    "no date": b'{"at":"yesterday"}',
    "a proto": b'{"__proto__":{"x":1}}',
    "constructor": b'{"constructor":"x"}',
    "an empty field name": b'{"":"x"}',
    "a NUL field name": b'{"\\u0000":"x"}',
    "an integer of 400 digits": b'{"headcount_band":' + b"1" * 400 + b"}",
    "an escape that ends": b'{"channel":"tent\\',
}


@pytest.mark.parametrize("name", EDITS)
def test_T37_a_fault_inside_one_edit_is_that_edits_answer(world: World, name: str) -> None:
    amina = world.device("amina")
    head = b'{"a":"%s","n":7,"h":"0000000000000001","kind":"visit","id":"x","event":"%s","set":'
    bad = head % (amina.author.encode(), world.event.encode()) + EDITS[name] + b"}"
    if name == "an escape that ends":
        assert amina.posts(amina.body([bad])).status == 400
        return

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent"), bad, amina.edit(2, "talk-2", channel="tent")])

    assert [ack[0] for ack in reply.acks] == ["ok", "refused", "ok"]
    assert world.rows("SELECT count(*) FROM edit WHERE a = ?", amina.author) == [(2,)]


def test_edits_of_more_than_half_a_mebibyte_are_too_large_and_the_device_halves_them(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    words = "x" * 2000
    edits = [amina.edit(n, f"i-{n}", "issue", own_words=words, ask=words, offer_text=words) for n in range(1, 101)]
    before = sqlite_world.stored()

    reply = amina.sends(edits)

    assert (reply.status, reply.code) == (413, "too_large")
    assert sqlite_world.stored() == before
    assert amina.sends(edits[:50]).acks == [("ok",)] * 50


def test_a_body_over_a_mebibyte_is_too_large(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")

    assert amina.posts(b'{"a":"' + b"x" * 2**20 + b'"}').status == 413


def test_T23_a_chunked_body_over_the_limit_is_too_large(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 64 * 1024

    headers = {**amina.headers, "Content-Type": "application/json"}
    answer = sqlite_world.run(sqlite_world.http.post("/api/sync", content=chunks(), headers=headers))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_T23_a_gzip_bomb_is_stopped_while_inflating(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    bomb = gzip.compress(b" " * 200 * 2**20)
    assert len(bomb) < 2**18

    assert amina.posts(bomb, **{"Content-Encoding": "gzip"}).status == 413


def test_a_gzip_body_is_read(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    body = amina.body([json.dumps({"a": "x" * 10_000}).encode()])

    reply = amina.posts(gzip.compress(body), **{"Content-Encoding": "gzip"})

    assert reply.acks == [("refused", "bad_value")]


@pytest.mark.parametrize(
    "body", [b"not gzip", zlib.compress(b"{}"), gzip.compress(b'{"protocol":1', mtime=0)[:-9], b""]
)
def test_a_broken_gzip_body_is_a_bad_request(sqlite_world: World, body: bytes) -> None:
    assert sqlite_world.device("amina").posts(body, **{"Content-Encoding": "gzip"}).status == 400


@pytest.mark.parametrize("type", ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"])
def test_T36_only_json_by_its_exact_type_is_read(sqlite_world: World, type: str) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")

    reply = amina.posts(amina.body(), **{"Content-Type": type})

    assert (reply.status, reply.code) == (415, "wrong_type")
    for path in ("/api/sign-in", "/api/enrol", "/api/members"):
        answer = sqlite_world.call("POST", path, headers={**griet.headers, "Content-Type": type}, content=b'{"a":1}')
        assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type"), path


def test_T23_other_encodings_are_not_taken(sqlite_world: World) -> None:
    amina, griet = sqlite_world.device("amina"), sqlite_world.device("griet")

    assert amina.posts(amina.body(), **{"Content-Encoding": "br"}).status == 415
    answer = sqlite_world.call(
        "POST", "/api/members", content=gzip.compress(b"{}"),
        headers={**griet.headers, "Content-Type": "application/json", "Content-Encoding": "gzip"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (415, "wrong_type")


OWN = ("POST /api/sync", "POST /api/sealed/import")  # their bodies are looked at above, and in test_sealed_import.py
ROUTES = [route for route in BODIES if route not in OWN]
OTHERS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"hello",
    "a list": b"[]",
    "null": b"null",
    "another field": b'{"email":"a","password":"b","code":"c","display_name":"d","role":"admin","reason":"why","x":1}',
    "numbers for text": b'{"email":1,"password":2,"code":3,"display_name":4,"role":5,"reason":6}',
    "NUL": json.dumps({"email": "\0", "password": "b", "code": "\0", "display_name": "\0", "reason": "\0bc"}).encode(),
    "invalid UTF-8": b'{"email":"\xff","password":"b"}',
    "a lone surrogate": json.dumps(dict.fromkeys(("email", "password", "code", "reason"), "\ud800")).encode(),
    "deep": b"[" * 60_000,
    "64 kB": b'{"email":"' + b"x" * 70_000 + b'"}',
    "long text": json.dumps(dict.fromkeys(("email", "password", "code", "reason"), "x" * 1000)).encode(),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("route", ROUTES)
def test_T22_T37_bodies_of_other_routes_are_strict_too(sqlite_world: World, route: str, name: str) -> None:
    griet, method = sqlite_world.device("griet"), route.split()[0]
    before = everything(sqlite_world)

    answer = sqlite_world.call(
        method, path_of(route), headers={**griet.headers, "Content-Type": "application/json"}, content=OTHERS[name]
    )

    assert 400 <= answer.status_code < 500, answer.text
    assert set(answer.json()) == {"code", "detail"}
    assert everything(sqlite_world) == before


def everything(world: World) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table."""
    names = [name for (name,) in world.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: world.rows(f"SELECT * FROM {name}") for name in names}


@pytest.mark.parametrize("route", [*ROUTES, "POST /api/sync"])
def test_T22_nothing_is_read_deeper_than_sixteen(sqlite_world: World, route: str) -> None:
    griet, method = sqlite_world.device("griet"), route.split()[0]
    deep = "[" * 17 + "]" * 17
    names = ("email", "code", "reason", "passkey", "answer", "password", "display_name", "cursors", "id")

    for name in names:
        body = f'{{"{name}":{deep}}}'.encode()
        headers = {**griet.headers, "Content-Type": "application/json"}
        answer = sqlite_world.call(method, path_of(route), headers=headers, content=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), name
    edit = changed(edits=["DEEP"]).replace(b'"DEEP"', b'{"a":' + deep.encode() + b"}")
    assert griet.posts(edit).acks == [("refused", "bad_value")]


def test_a_protocol_outside_what_is_spoken_is_said_so(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")

    reply = amina.sends([amina.edit(1, "talk-1", channel="tent")], protocol=9)

    assert (reply.status, reply.code) == (426, "protocol")


@pytest.mark.parametrize(
    "path", ["/api/nothing", "/api/records/x/history/more", "/api/devices/none/revoke", "/api/parked/x/y/take"]
)
def test_routes_that_are_not_there_say_so_with_a_code(sqlite_world: World, path: str) -> None:
    griet: Device = sqlite_world.device("griet")

    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = griet.asks(method, path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, answer.text)


@pytest.mark.parametrize("number", ["0", "-1", "9007199254740992", "31376748366532186210304", f"-{2**63}"])
def test_T22_a_number_in_a_path_that_no_database_holds_is_a_bad_request(sqlite_world: World, number: str) -> None:
    griet = sqlite_world.device("griet")

    for path in ("/api/parked/x/{}/take", "/api/parked/x/{}/drop", "/api/sealed/{}/drop"):
        answer = griet.asks("POST", path.format(number))
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request"), (path, answer.text)


@pytest.mark.parametrize("text", ["%00", "a%00b"])
def test_T22_no_route_is_asked_for_a_text_that_no_database_takes(world: World, text: str) -> None:
    griet = world.device("griet")
    for route, path in routes(world).items():
        where = re.sub(r"{[^}]+}", text, path)
        answer = griet.asks(route.split()[0], where if where != path else f"{path}?member={text}", body_of(route))
        # Where a number belongs there is no such route.
        assert (answer.status_code, answer.json().get("code")) in ((400, "bad_request"), (404, "not_found")), route
