"""Who may call each route there is, what it asks first, and which headers it answers with: by what the API says of itself.

A route that is added stands in one of these tables, or a test here fails.
"""

import asyncio
from typing import Any

import pytest

from server import callers
from server.clock import now_ms
from tests.server.test_web import EVERYWHERE
from tests.support.device import Device
from tests.support.routes import BODIES, body_of, path_of, routes
from tests.support.world import ALL_ROLES, TEAM, World

# Whoever comes: to get in, to be let in, to hear whether the server lives, to clear a browser.
ANYBODY = {
    "GET /health/live", "GET /health/ready", "GET /calendar/{}", "GET /api/sign-in/ways", "POST /api/sign-in",
    "POST /api/sign-in/link", "POST /api/passkey/options", "POST /api/passkey/sign-in", "POST /api/enrol",
    "POST /api/enrol/look", "POST /api/forget",
}  # fmt: skip
# Who takes part, for what is their own.
EVERYBODY = {
    "POST /api/sync", "GET /api/poke", "GET /api/me", "POST /api/me/vault", "POST /api/sealed/import",
    "POST /api/sign-out", "GET /api/reminders/preferences", "PUT /api/reminders/preferences",
    "PUT /api/reminders/subscription", "DELETE /api/reminders/subscription", "POST /api/reminders/test",
    "GET /api/reminders/opened/{}", "GET /api/reminders/meetings/{}", "GET /api/reminders/calendar",
    "POST /api/reminders/calendar", "DELETE /api/reminders/calendar",
}  # fmt: skip
# A tablet that waits is known by its courier's token, which no table of members holds yet.
WAITING = {"POST /api/enrol/state", "POST /api/enrol/stop"}
# What a coordinator does all day, with a session alone: it opens nothing to anybody, or takes access away from oneself.
NOT_GRAVE = {
    "POST /api/sealed/retry", "POST /api/sealed/{}/drop", "POST /api/enrolments/{}/refuse", "POST /api/notices/{}/seen",
    "POST /api/verify", "POST /api/verify/options", "POST /api/sessions/{}/end", "POST /api/parked/{}/{}/take",
    "POST /api/parked/{}/{}/drop", "PUT /api/reminders/organisation", "POST /api/desk/key", "POST /api/passkeys",
}  # fmt: skip
ENDLESS = "GET /api/poke"


def of_coordinators(world: World) -> dict[str, str]:
    found = routes(world)
    assert found.keys() >= ANYBODY | EVERYBODY | WAITING | NOT_GRAVE, "a route is gone"
    return {route: path for route, path in found.items() if route not in ANYBODY | EVERYBODY | WAITING}


def asks(device: Device, route: str, path: str) -> tuple[int, str]:
    answer = device.asks(route.split()[0], path_of(route, path), body_of(route))
    return answer.status_code, answer.json().get("code", "") if isinstance(answer.json(), dict) else ""


def test_every_route_that_takes_a_body_is_tried_with_one(sqlite_world: World) -> None:
    paths = sqlite_world.call("GET", "/api/schema/openapi.json").json()["paths"]
    described = {path for path, methods in paths.items() for one in methods.values() if "requestBody" in one}

    tried = {path for route, path in routes(sqlite_world).items() if route in BODIES}
    assert described == tried


def test_nobody_is_answered_without_a_token_but_at_the_doors(sqlite_world: World) -> None:
    for route, path in routes(sqlite_world).items():
        if route not in ANYBODY:
            answer = sqlite_world.call(route.split()[0], path_of(route, path), json_body=body_of(route))
            assert (answer.status_code, answer.json()["code"]) == (401, "signed_out"), route


@pytest.mark.parametrize("name", [*ALL_ROLES])
def test_no_worker_is_answered_at_a_route_of_coordinators(sqlite_world: World, name: str) -> None:
    if name not in TEAM:
        sqlite_world.join(name, *ALL_ROLES[name])
    worker = sqlite_world.device(name)

    for route, path in of_coordinators(sqlite_world).items():
        assert asks(worker, route, path) == (403, "not_allowed"), route


def test_whatever_changes_who_comes_in_asks_who_is_there(sqlite_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    griet, later = sqlite_world.device("griet"), now_ms() + callers.VERIFIED_MS + 1000
    monkeypatch.setattr(callers, "now_ms", lambda: later)
    changing = {
        route: path
        for route, path in of_coordinators(sqlite_world).items()
        if not route.startswith("GET") and route not in NOT_GRAVE
    }
    assert len(changing) > 10

    for route, path in changing.items():
        assert asks(griet, route, path) == (403, "verify"), route


def test_T16_headers_on_every_route_there_is(sqlite_world: World) -> None:
    for route, path in routes(sqlite_world).items():
        if route != ENDLESS:
            method, where = route.split()[0], path_of(route, path)
            answer = sqlite_world.call(
                method, where, token=sqlite_world.device("amina").token, json_body=body_of(route)
            )
            assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, route
            assert "default-src 'none'" in answer.headers["content-security-policy"], route
            if where.startswith("/api"):
                assert answer.headers["cache-control"] == "no-store", route


def test_T16_headers_on_the_line_that_never_ends(sqlite_world: World) -> None:
    headers = sqlite_world.run(_first_headers(sqlite_world, sqlite_world.device("amina").token))

    assert {name: headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    assert headers["content-type"].startswith("text/event-stream") and headers["cache-control"] == "no-store"


def test_whoever_hangs_up_is_listened_for_no_more(sqlite_world: World) -> None:
    world, listeners = sqlite_world, sqlite_world.server.hub.listeners
    token = world.device("amina").token

    async def begin_and_hang_up() -> None:
        for _ in range(5):
            await _first_headers(world, token)
        for _ in range(200):
            if not listeners:
                return
            await asyncio.sleep(0.02)

    world.run(begin_and_hang_up())

    assert len(listeners) == 0


async def _first_headers(world: World, token: str) -> dict[str, str]:
    """Return the headers with which a poke begins; then hang up."""
    begun: asyncio.Future[list[tuple[bytes, bytes]]] = asyncio.get_running_loop().create_future()

    async def send(message: Any) -> None:  # noqa: ANN401 -- of ASGI, any of its messages
        if message["type"] == "http.response.start":
            begun.set_result(message["headers"])

    async def receive() -> Any:  # noqa: ANN401 -- as above
        await begun
        return {"type": "http.disconnect"}

    scope: Any = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/api/poke", "raw_path": b"/api/poke",
        "query_string": b"", "root_path": "", "scheme": "http", "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1), "headers": [(b"authorization", f"Bearer {token}".encode())],
    }  # fmt: skip
    call = asyncio.create_task(world.app(scope, receive, send))
    headers = await asyncio.wait_for(begun, 20)
    call.cancel()
    return {name.decode().lower(): value.decode() for name, value in headers}
