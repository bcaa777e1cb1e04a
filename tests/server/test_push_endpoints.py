"""T17: whatever endpoint is given, nothing but a push service is ever reached."""

import asyncio
import socket
from pathlib import Path

import pytest

from server.reminders.endpoints import Blocked, Services, is_open_address
from server.reminders.pushkeys import NAME, PushKeys
from server.reminders.sender import OpenResolver, Sealed, Sender, Verdict
from server.settings import BadSettings, read_settings
from server.store.pushes import Leased
from tests.support.push import Browser, asks
from tests.support.world import World

GOOGLE = "https://fcm.googleapis.com"
BAD_ENDPOINTS = (
    "http://fcm.googleapis.com/fcm/send/1", "file:///etc/passwd", "https://127.0.0.1/x", "https://2130706433/x",
    "https://0x7f000001/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://169.254.169.254/latest/meta-data",
    "https://fcm.googleapis.com@evil.example/x", "https://evil.example@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.tld/x", "https://evilfcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x",
    "https://push.apple.com.evil.tld/x", "https://xpush.apple.com/x", "https://localhost/x", "gopher://fcm.googleapis.com/",
    "https://fcm.googleapis.com\\@evil.example/x", "https://fcm.googleapis.com#@evil.example/x", "//fcm.googleapis.com/x",
    "https://fcm.googleapis.com/\r\nX: y", "https:///x/yyyyyyy", "https://fcm.googleapis.com:99999/", "https://fcm。googleapis.com/x",
    "https://10.0.0.7/x", "https://metadata.google.internal/x", "https://.push.apple.com/", "https://a..push.apple.com/",
    "https://a%2f.push.apple.com/", "https://-a.push.apple.com/", "https://a_b.push.apple.com/", "https://a.push.apple.com./",
    f"https://{'a' * 64}.push.apple.com/", f"https://{'a.' * 120}push.apple.com/",
)  # fmt: skip


@pytest.mark.parametrize("endpoint", BAD_ENDPOINTS)
def test_T17_an_endpoint_that_is_no_push_service_is_refused_before_anything_is_connected(endpoint: str) -> None:
    with pytest.raises(Blocked):
        Services().check(endpoint)


def test_T17_the_route_says_bad_value_and_keeps_nothing(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    amina = sqlite_world.device("amina")
    key = asks(amina, "GET", "/api/reminders/preferences").json()["push_key"]
    asked: list[object] = []
    loop = sqlite_world.runner.get_loop()
    monkeypatch.setattr(loop, "getaddrinfo", lambda *given, **more: asked.append(given))
    monkeypatch.setattr(loop, "create_connection", lambda *given, **more: asked.append(given))

    answers = {
        endpoint: asks(amina, "PUT", "/api/reminders/subscription", Browser(endpoint).subscription(key))
        for endpoint in BAD_ENDPOINTS
    }

    assert {one: answer.status_code for one, answer in answers.items()} == dict.fromkeys(BAD_ENDPOINTS, 400)
    assert (asked, sqlite_world.rows("SELECT * FROM push_subscription")) == ([], [])
    for wrong in ({"key": "A" * 87}, {"p256dh": "B" * 87}, {"auth": "short"}):
        good = Browser("https://fcm.googleapis.com/fcm/send/1").subscription(key)
        assert asks(amina, "PUT", "/api/reminders/subscription", good | wrong).status_code == 400


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def", "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/QabC", "https://wns2-par02p.notify.windows.com/w/?token=a%2fb",
    ],
)  # fmt: skip
def test_the_push_services_that_there_are_are_known(endpoint: str) -> None:
    assert Services().check(endpoint) == "https://" + endpoint.split("/")[2]


def test_an_address_inside_the_house_is_never_open() -> None:
    closed = (
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "::ffff:10.0.0.1", "fe80::1", "fd00::1", "2002:7f00:1::", "::", "64:ff9b:1::1",
        "::127.0.0.1", "::ffff:0:a00:1", "fec0::1", "192.88.99.1", "::ffff:142.250.1.95", "2001:0:a00:1::1", "ff0e::1",
    )  # fmt: skip
    assert [one for one in closed if is_open_address(one)] == []
    assert is_open_address("142.250.1.95")
    assert is_open_address("2a00:1450:4001:80f::200a")


def test_a_known_name_that_leads_into_the_house_is_not_connected() -> None:
    async def resolve(found: list[str]) -> int:
        resolver = OpenResolver(Services())

        async def inner(host: str, port: int = 0, family: object = None) -> list[dict[str, object]]:
            return [{"host": one} for one in found]

        resolver._inner.resolve = inner  # type: ignore[assignment, method-assign] -- what a name server said
        return len(await resolver.resolve("fcm.googleapis.com"))

    assert asyncio.run(resolve(["142.250.1.95"])) == 1
    for found in (["127.0.0.1"], ["142.250.1.95", "10.0.0.1"], []):
        with pytest.raises(OSError, match="no open address"):
            asyncio.run(resolve(found))


@pytest.mark.parametrize(("services", "connected"), [(Services(), 0), (Services(extra=frozenset({GOOGLE})), 1)])
def test_T17_a_push_to_a_known_name_that_leads_into_the_house_connects_to_nothing(
    services: Services, connected: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where nothing is asked of the name the same way does lead there: what the test listens to is what would be reached."""

    async def sent() -> tuple[Verdict, int]:
        came = 0

        def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal came
            came += 1
            writer.close()

        house = await asyncio.start_server(hangs_up, "127.0.0.1")

        async def told(*_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", house.sockets[0].getsockname())]

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", told)
        sender = Sender(PushKeys(tmp_path / NAME), services, "mailto:x@x.example")
        given = ("d", 1, "r", "device", "o", "m", "digest", 1, 0, 0, 0, f"{GOOGLE}/fcm/send/1", "", "", "", "nl")
        try:
            return await sender.send(Sealed(Leased(*given), GOOGLE, {}, b"")), came
        finally:
            await sender.close()
            house.close()

    assert asyncio.run(sent()) == (Verdict("again"), connected)


def test_production_does_not_start_with_a_test_service() -> None:
    given = {"ONTHAAL_PUSH_EXTRA_ORIGINS": "http://127.0.0.1:1", "ONTHAAL_ENVIRONMENT": "production"}
    with pytest.raises(BadSettings):
        read_settings(given)
    assert read_settings(given | {"ONTHAAL_ENVIRONMENT": "development"}).push_extra_origins
