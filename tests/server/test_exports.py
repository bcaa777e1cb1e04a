"""An event is exported: by whom, of which event, what is in it and what never is, and what is written down."""

import asyncio
import threading
from collections.abc import Callable, Sequence

import msgspec
import pytest

from server import callers
from server.clock import new_id, now_ms
from server.reports import routes
from server.settings import Settings
from server.store.engine import Busy, Row
from tests.support.exporting import NEVER, WORDS, counts, csv_rows, exports, of_kind, told, wish, xlsx_rows
from tests.support.world import World

Worlds = Callable[[Settings], World]


def unlimited(settings: Settings) -> Settings:
    return msgspec.structs.replace(settings, exports_per_day=0)


def test_a_coordinator_exports_an_event_without_a_word_of_anybody(world: World) -> None:
    told(world)

    answer = exports(world)

    assert answer.status_code == 200, answer.text
    rows = csv_rows(answer.content)
    assert [row["Soort"] for row in rows] == ["Knelpunt", "Knelpunt", "Doorverwijzing", "Afspraak", "Telling"]
    issue = next(row for row in of_kind(rows, "Knelpunt") if row["Thema, als code"] == "HOU.03")
    assert {name: issue[name] for name in ("Thema", "Preciezer", "Wat houdt tegen", "Wie beslist", "Rol")} == {
        "Thema": "Wonen", "Preciezer": "Vocht, ongedierte, slechte staat", "Wat houdt tegen": "kosten, wachten",
        "Wie beslist": "verhuurder", "Rol": "generalist",
    }  # fmt: skip
    assert issue["Hoe het afliep"] == "Doorverwezen"
    [referral] = of_kind(rows, "Doorverwijzing")
    assert (referral["Dienst"], referral["Tafel"], referral["Hoe het staat"], referral["Thema"]) == (
        "housing-service", "housing-table", "onderweg", "Wonen",
    )  # fmt: skip
    [promise] = of_kind(rows, "Afspraak")
    assert (promise["Wat"], promise["Hoe het staat"], promise["Tegen"]) == (
        "een telefoontje", "afgesproken", "2026-12-01",
    )  # fmt: skip
    [count] = of_kind(rows, "Telling")
    assert (count["Wanneer"], count["Half uur"], count["Wat"], count["Aantal"]) == (
        "2026-09-19", "13:30", "koffie", "7",
    )  # fmt: skip
    text = answer.content.decode("utf-8-sig")
    for word in (*NEVER, WORDS, "een nieuwe lift", "zesde", "we bellen", "alles moet online", "Arabisch"):
        assert word not in text, word


def test_own_words_are_in_it_where_they_were_asked_for_and_nothing_of_how_to_reach_anybody(world: World) -> None:
    told(world)

    for answer in (exports(world, words=True), exports(world, words=True, format="xlsx")):
        read = csv_rows if "csv" in answer.headers["content-type"] else xlsx_rows
        found = {value for row in read(answer.content) for value in row.values()}
        assert {
            WORDS,
            "een nieuwe lift",
            "ze woont op de zesde",
            "we bellen de verhuurder",
            "alles moet online",
        } <= found
        for word in NEVER:
            assert not [value for value in found if word in str(value)], word


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_it_is_a_document_to_keep_that_no_browser_shows_or_remembers(sqlite_world: World, format: str) -> None:
    sqlite_world.edit_as_griet("event", sqlite_world.event, sqlite_world.event, {"dates/from": "2026-09-19"})

    headers = exports(sqlite_world, format=format).headers

    assert headers["content-disposition"] == f'attachment; filename="onthaal-2026-09-19.{format}"'
    assert headers["content-type"] == {
        "csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }[format]  # fmt: skip
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(("language", "issue", "theme"), [("fr", "Difficulté", "Logement"), ("en", "Issue", "Housing")])
def test_it_speaks_the_language_of_who_asks(sqlite_world: World, language: str, issue: str, theme: str) -> None:
    told(sqlite_world)

    text = exports(sqlite_world, language=language).content.decode("utf-8-sig")

    assert issue in text and theme in text
    assert "Knelpunt" not in text and "Wonen" not in text


def test_what_was_taken_away_taken_back_or_erased_is_not_in_it(worlds: Worlds, settings: Settings) -> None:
    world = worlds(unlimited(settings)).organise()
    card, amina = told(world), world.device("amina")
    amina.writes("mistake", "issue", theme="ENE")
    amina.writes("old-talk", "visit", channel="tent")
    amina.writes("of-old-talk", "issue", visit=world.id("old-talk"), theme="WRK")
    amina.writes("half", "referral", card=card, to_table=world.id("debt-table"), mode="walked_over", state="draft")
    amina.syncs()
    assert len(of_kind(csv_rows(exports(world).content), "Knelpunt")) == 4
    amina.writes("mistake", "issue", deleted=True)
    amina.writes("old-talk", "visit", deleted=True)
    amina.writes("promise", "follow_up", state="withdrawn")
    amina.syncs()

    rows = csv_rows(exports(world, words=True).content)

    assert sorted(row["Thema, als code"] for row in of_kind(rows, "Knelpunt")) == ["DIG", "HOU.03"]
    assert (len(of_kind(rows, "Doorverwijzing")), of_kind(rows, "Afspraak")) == (1, [])
    amina.erases(card)
    amina.syncs()
    rows = csv_rows(exports(world, words=True).content)
    assert [row["Thema, als code"] for row in of_kind(rows, "Knelpunt")] == ["DIG"]
    assert of_kind(rows, "Doorverwijzing") == []


@pytest.mark.parametrize("name", ["amina", "sofie", "rita", "rachid", "luc", "admin"])
def test_nobody_but_a_coordinator_exports(sqlite_world: World, name: str) -> None:
    if name == "admin":
        sqlite_world.join("admin", "admin")

    answer = exports(sqlite_world, by=name)

    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert sqlite_world.rows("SELECT count(*) FROM audit") == [(0,)]


def test_who_was_not_asked_within_five_minutes_is_asked_as_before_revoking(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    griet, later = sqlite_world.device("griet"), now_ms() + callers.VERIFIED_MS + 1000
    monkeypatch.setattr(callers, "now_ms", lambda: later)

    answer = exports(sqlite_world)
    revoking = griet.asks("POST", f"/api/devices/{sqlite_world.device('amina').id}/revoke")

    assert (answer.status_code, answer.content) == (revoking.status_code, revoking.content) == (403, answer.content)
    assert answer.json()["code"] == "verify"
    assert sqlite_world.rows("SELECT count(*) FROM rate") == [(0,)], "and it is not counted"


def test_T10_an_event_of_another_organisation_is_answered_like_one_that_there_is_not(world: World) -> None:
    told(world)
    other = World(world.settings, runner=world.runner, name="other")
    other.server, other.app, other.http = world.server, world.app, world.http
    griet = other.organise().device("griet")

    theirs, nowhere, no_event = (
        griet.asks("POST", "/api/exports", wish(world, event=id)) for id in (world.event, new_id(), other.id("housing-service"))
    )  # fmt: skip

    assert theirs.status_code == 404
    assert {(one.status_code, one.content) for one in (theirs, nowhere, no_event)} == {(404, theirs.content)}
    assert world.rows("SELECT count(*) FROM audit WHERE what = 'exported'") == [(0,)]


def test_after_three_exports_in_a_day_the_next_one_waits_for_tomorrow(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [exports(world).status_code for _ in range(3)] == [200] * 3

    late = exports(world)

    assert (late.status_code, late.json()["code"]) == (429, "too_many")
    assert int(late.headers["retry-after"]) > 23 * 3600
    tomorrow = now_ms() + 24 * 3_600_000 + 1000
    monkeypatch.setattr(routes, "now_ms", lambda: tomorrow)
    assert exports(world).status_code == 200


def test_who_exports_is_written_down_with_what_and_how(world: World) -> None:
    griet = world.device("griet")
    exports(world)
    exports(world, format="xlsx", words=True)
    exports(world, event=new_id())

    lines = [
        (line["member"], line["what"], line["about"], line["detail"])
        for line in griet.asks("GET", "/api/audit?what=exported").json()["lines"]
    ]

    assert lines == [
        (griet.member, "exported", world.event, "xlsx_words"), (griet.member, "exported", world.event, "csv_codes"),
    ]  # fmt: skip
    assert griet.asks("GET", "/api/audit/check").json()["broken"] is None


def test_nothing_leaves_that_could_not_be_written_down_and_the_try_is_given_back(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(*_: object, **__: object) -> None:
        raise Busy("the chain's head is held")

    told(sqlite_world)
    monkeypatch.setattr(routes.audit, "add", busy)

    answers = [exports(sqlite_world, words=True) for _ in range(4)]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(503, "busy")] * 4
    assert not [one for one in answers if WORDS in one.text]


@pytest.mark.parametrize(
    "body",
    [
        {"format": "pdf"}, {"words": 1}, {"words": "yes"}, {"language": "de"}, {"event": 7}, {"event": "x" * 65},
        {"member": "m-1"}, {"event": None},
    ],
)  # fmt: skip
def test_what_is_not_asked_as_described_is_refused(sqlite_world: World, body: dict[str, object]) -> None:
    answer = sqlite_world.device("griet").asks("POST", "/api/exports", wish(sqlite_world) | body)

    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")


def test_an_archived_event_is_exported_still(sqlite_world: World) -> None:
    told(sqlite_world)
    griet = sqlite_world.device("griet")
    griet.syncs()
    for state in ("closed", "restituted", "archived"):
        griet.writes(sqlite_world.event, "event", state=state)
    assert griet.syncs().acks == [("ok",)] * 3

    assert len(csv_rows(exports(sqlite_world).content)) == 5


def test_an_event_of_more_records_than_are_opened_at_once_comes_whole(sqlite_world: World) -> None:
    amina = sqlite_world.device("amina")
    for first in range(1, 1201, 400):
        edits = [
            amina.edit(n, f"i-{n}", "issue", theme="HOU", own_words=f"woord {n}") for n in range(first, first + 400)
        ]
        assert amina.sends(edits).status == 200

    rows = csv_rows(exports(sqlite_world, words=True).content)

    assert {row["Eigen woorden"] for row in rows} == {f"woord {n}" for n in range(1, 1201)}


@pytest.mark.parametrize(
    ("slot", "day"),
    [("=1+1", ""), ("Fatou 0470123456", ""), ("T", ""), ("+10000-01-01T00:00Z", ""), ("2026-09-19", ""),
     ("0001-01-01T00:00Z", "0001-01-01"), ("9999-12-31T23:59Z", "9999-01-01")],
)  # fmt: skip
def test_a_count_shows_when_it_was_and_no_other_text_that_somebody_put_there(
    sqlite_world: World, slot: str, day: str
) -> None:
    counts(sqlite_world.device("amina"), 2, slot=slot)
    sqlite_world.device("amina").syncs()

    [row] = csv_rows(exports(sqlite_world).content)

    assert (row["Wanneer"], row["Aantal"]) == (day, "2")


def test_others_are_served_while_a_sheet_is_made(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told(sqlite_world)
    begun, served, made = threading.Event(), threading.Event(), routes._document

    def slow(rows: Sequence[Row], data: routes.Export) -> bytes:
        begun.set()
        assert served.wait(20), "whoever called meanwhile was not answered"
        return made(rows, data)

    async def both() -> tuple[int, int]:
        headers = sqlite_world.device("griet").headers
        exporting = asyncio.create_task(
            sqlite_world.http.post("/api/exports", json=wish(sqlite_world, format="xlsx"), headers=headers)
        )
        await asyncio.to_thread(begun.wait, 20)
        live = (await sqlite_world.http.get("/health/ready")).status_code
        served.set()
        return live, (await exporting).status_code

    monkeypatch.setattr(routes, "_document", slow)
    assert sqlite_world.run(both()) == (200, 200)


def test_who_guesses_ids_of_events_waits(sqlite_world: World) -> None:
    assert [exports(sqlite_world, event=new_id()).status_code for _ in range(4)] == [404] * 3 + [429]
