"""T18: however a push service behaves, nothing is held up, and nothing is lost that could still arrive."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import aiohttp
import msgspec
import pytest
from aiohttp import web

from server.reminders.delivery import REST_S, TRIES_MAX
from server.reminders.endpoints import Services
from server.reminders.sender import seconds_of
from server.settings import Settings
from server.store import reminders as sql
from server.store.reminders import Said
from tests.support.push import Browser, PushService, Reminding, asks, free_port, subscribes
from tests.support.world import World

NOW = 1_900_000_000_000
HOUR_MS = 3_600_000


@pytest.fixture
def service() -> PushService:
    return PushService(free_port())


@pytest.fixture
def world(worlds: Callable[[Settings], World], sqlite_settings: Settings, service: PushService) -> Iterator[World]:
    world = worlds(msgspec.structs.replace(sqlite_settings, push_extra_origins=service.origin)).organise()
    world.run(service.start())
    # ``NOW`` is a Sunday: here services are looked at, not quiet days.
    never = {"quiet_from": "00:00", "quiet_until": "00:00", "quiet_days": []}
    asks(world.device("griet"), "PUT", "/api/reminders/organisation", never)
    yield world
    world.run(service.stop())


@pytest.fixture
def reminding(world: World) -> Reminding:
    return Reminding(world)


def waits(
    world: World, count: int = 1, *, until: int = NOW + 24 * HOUR_MS, kind: str = "digest", first: int = 0
) -> None:
    """Put reminders of Amina's into the outbox, at ``NOW``."""

    async def add() -> None:
        async with world.server.store.writing() as tx:
            said = [Said(f"{n:022}", world.id("amina"), kind, 3, 1, 1, until) for n in range(first, first + count)]
            await sql.add_said(tx, world.organisation, said, now_ms=NOW)

    world.run(add())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_T18_a_redirect_is_not_followed(world: World, service: PushService, reminding: Reminding, status: int) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world)
    service.says(status, Location=f"{service.origin}/elsewhere")

    reminding.carry(NOW)

    assert [path for path, _, _ in service.came] == ["/push/1"]
    assert reminding.states() == ["gave_up"]


def test_T18_of_an_endless_answer_a_little_is_read(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world)
    written = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal written
        response = web.StreamResponse(status=201)
        await response.prepare(request)
        for _ in range(16_384):  # a gigabyte
            await response.write(b"x" * 65_536)
            written += 65_536
        return response

    service.answer = endless

    reminding.carry(NOW)

    assert reminding.states() == ["accepted"]
    assert written < 64 * 1024 * 1024


def test_T18_a_silent_service_is_left_and_holds_nobody_up(
    world: World, service: PushService, reminding: Reminding
) -> None:
    other = PushService(free_port())
    parts = world.server.reminders
    services = Services(extra=frozenset({service.origin, other.origin}))
    parts.services = parts.sender.services = services
    world.run(other.start())
    subscribes(world.device("amina"), service.browser())
    subscribes(world.device("amina", tablet="second"), other.browser())
    waits(world, 40)
    service.answer = lambda _: asyncio.sleep(3600)

    next_at = reminding.carry(NOW)

    assert len(other.came) == 40
    # Sixteen were under way when it proved silent; the others were spared it.
    assert len(service.came) <= 16
    assert sorted({*reminding.states()}) == ["accepted", "waiting"]
    assert next_at == NOW + REST_S * 1000
    world.run(other.stop())


def test_T18_a_service_has_five_seconds_for_its_whole_answer(
    world: World, service: PushService, reminding: Reminding, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the time-out that the session is given, and no request another: a test that waits for it would measure this machine."""
    given: list[object] = []
    post = aiohttp.ClientSession._request

    async def asked(self: aiohttp.ClientSession, *args: object, **more: object) -> object:
        given.append((self.timeout, more.get("timeout")))
        return await post(self, *args, **more)  # type: ignore[arg-type] -- whatever they were

    monkeypatch.setattr(aiohttp.ClientSession, "_request", asked)
    subscribes(world.device("amina"), service.browser())
    waits(world)

    reminding.carry(NOW)

    assert given == [(aiohttp.ClientTimeout(total=5), None)]


@pytest.mark.parametrize("status", [404, 410])
def test_T18_a_subscription_that_is_gone_is_deleted(
    world: World, service: PushService, reminding: Reminding, status: int
) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world, 3)
    service.says(status)

    reminding.carry(NOW)

    assert reminding.states() == ["expired"] * 3
    assert world.rows("SELECT * FROM push_subscription") == []
    preferences = asks(world.device("amina"), "GET", "/api/reminders/preferences").json()
    assert preferences["subscribed"] is False


def test_a_service_that_asks_for_patience_gets_as_much_as_it_asks_for(
    world: World, service: PushService, reminding: Reminding
) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world)
    service.says(429, Retry_After="7200")

    assert reminding.carry(NOW) == NOW + 7_200_000
    service.says(201)
    reminding.carry(NOW + 7_199_000)
    assert reminding.states() == ["waiting"]
    reminding.carry(NOW + 7_200_000)
    assert (reminding.states(), len(service.came)) == (["accepted"], 2)
    assert service.came[0][1]["Topic"] == service.came[1][1]["Topic"]  # so that the second replaces the first


def test_a_service_that_stays_broken_is_given_up_with_longer_and_longer_waits(
    world: World, service: PushService, reminding: Reminding
) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world)
    service.says(500)

    now, waited = NOW, []
    while reminding.states() == ["waiting"]:
        next_at = reminding.carry(now)
        waited.append(next_at - now)
        now = next_at

    assert reminding.states() == ["gave_up"]
    assert len(service.came) == TRIES_MAX
    assert waited[:-1] == sorted(waited[:-1])
    assert asks(world.device("griet"), "GET", "/api/reminders/sent").json()[0]["gave_up"] == 1


def test_what_would_come_too_late_is_given_up_and_what_is_over_is_not_sent(
    world: World, service: PushService, reminding: Reminding
) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world, until=NOW + HOUR_MS)
    service.says(503, Retry_After="3600")

    reminding.carry(NOW)
    assert (reminding.states(), len(service.came)) == (["gave_up"], 1)


def test_what_waited_until_it_was_over_is_not_sent(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world, until=NOW + HOUR_MS)

    reminding.carry(NOW + HOUR_MS)

    assert (reminding.states(), service.came) == (["needless"], [])


def test_a_service_that_is_not_there_is_asked_again(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world)
    world.run(service.stop())

    reminding.carry(NOW)

    assert reminding.states() == ["waiting"]
    world.run(service.start())


def test_a_flood_leaves_whole_and_each_once(world: World, service: PushService, reminding: Reminding) -> None:
    subscribes(world.device("amina"), service.browser())
    waits(world, 1000)

    reminding.carry(NOW)

    topics = [headers["Topic"] for _, headers, _ in service.came]
    assert (len(topics), len({*topics})) == (1000, 1000)
    assert {*reminding.states()} == {"accepted"}


def test_a_key_that_was_rotated_signs_on_for_who_subscribed_with_it(
    world: World, service: PushService, reminding: Reminding
) -> None:
    amina, keys = world.device("amina"), world.server.reminders.keys
    subscribes(amina, service.browser())
    old = keys.current()

    assert keys.rotate(in_use=[old]) == []
    waits(world)
    reminding.carry(NOW)

    assert reminding.states() == ["accepted"]
    assert f"k={old}" in service.came[0][1]["Authorization"]
    preferences = asks(amina, "GET", "/api/reminders/preferences").json()
    assert (preferences["subscribed"], preferences["renew"], preferences["push_key"] != old) == (True, True, True)
    subscribes(amina, service.browser())
    assert asks(amina, "GET", "/api/reminders/preferences").json()["renew"] is False
    assert keys.rotate(in_use=[keys.current()]) == [old]


def test_retry_after_is_read_as_seconds_or_as_a_date_and_never_believed_for_more_than_a_day() -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    given = ["120", format_datetime(now.replace(minute=5), usegmt=True), "999999999", "-5", "soon", "", "١٢"]

    assert [seconds_of(one, now=now) for one in given] == [120, 300, 86_400, 0, 0, 0, 0]


def test_of_names_that_a_tablet_invents_little_is_kept(
    world: World, service: PushService, reminding: Reminding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.reminders.sender.TOKENS_MAX", 3)
    origins = [f"http://127.0.0.1:{free_port()}" for _ in range(5)]
    parts, delivery = world.server.reminders, reminding.delivery
    parts.services = parts.sender.services = Services(extra=frozenset({*origins, service.origin}))
    for origin in origins:
        subscribes(world.device("amina", tablet=origin), Browser(f"{origin}/push/1"))
    waits(world)
    delivery._resting["https://invented.push.apple.com"] = NOW

    reminding.carry(NOW)

    assert reminding.states() == ["waiting"] * 5
    assert len(parts.sender._tokens) <= 3
    assert delivery._resting == {}


@pytest.mark.parametrize(
    ("kind", "urgency"), [("follow_ups", "high"), ("test", "high"), ("digest", "high"), ("review", "normal")]
)
def test_a_push_is_as_urgent_as_its_kind_and_lives_until_the_hour_it_is_about(
    world: World, service: PushService, reminding: Reminding, kind: str, urgency: str
) -> None:
    subscribes(world.device("amina"), service.browser())
    for n, lives_ms in enumerate((90 * 60_000, 30_000, 48 * HOUR_MS)):
        waits(world, until=NOW + lives_ms, kind=kind, first=n)

    reminding.carry(NOW)

    sent = {headers["Topic"]: (headers["Urgency"], headers["TTL"]) for _, headers, _ in service.came}
    assert [sent[topic] for topic in sorted(sent)] == [(urgency, "5400"), (urgency, "60"), (urgency, "86400")]
