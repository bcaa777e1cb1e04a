"""The built app's files, and the headers of every answer."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute

from server.settings import BadSettings, Settings, read_settings
from tests.support.world import World

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
}


@pytest.fixture
def built(worlds: Callable[[Settings], World], sqlite_settings: Settings) -> World:
    """A server whose app has been built."""
    folder = Path(sqlite_settings.app_dir)
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Onthaal</title>")
    (folder / "sw.js").write_text("self")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "assets" / "app-abc123.js").write_text("export {}")
    return worlds(sqlite_settings).organise()


@pytest.mark.parametrize(
    ("path", "type", "caching"),
    [
        ("/", "text/html", "no-cache"),
        ("/index.html", "text/html", "no-cache"),
        ("/sw.js", "text/javascript", "no-cache"),
        ("/manifest.webmanifest", "application/manifest+json", "no-cache"),
        ("/assets/app-abc123.js", "text/javascript", "public, max-age=31536000, immutable"),
        ("/desk/cases/12", "text/html", "no-cache"),
    ],
)
def test_files_are_served_with_their_type_and_caching(built: World, path: str, type: str, caching: str) -> None:
    answer = built.call("GET", path)

    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, type)
    assert answer.headers["cache-control"] == caching


def test_what_the_browser_has_is_not_sent_again(built: World) -> None:
    tag = built.call("GET", "/sw.js").headers["etag"]

    again = built.call("GET", "/sw.js", headers={"If-None-Match": tag})

    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    for told in (f"W/{tag}", f'"other", {tag}', "*"):  # a proxy that compresses weakens it
        assert built.call("GET", "/sw.js", headers={"If-None-Match": told}).status_code == 304, told
    assert built.call("GET", "/sw.js", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/assets/none.js", "/favicon.ico", "/../secret", "/%2e%2e/secret", "/api", "/api/x.js"]
)
def test_files_that_are_not_there_are_not_the_app(built: World, path: str) -> None:
    (Path(built.settings.app_dir).parent / "secret").write_text("secret")

    answer = built.call("GET", path)

    assert answer.status_code == 404 or "secret" not in answer.text
    if path.startswith(("/api", "/assets", "/favicon")):
        assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 200), ("GET", "/api/me", 401), ("GET", "/api/none", 404), ("POST", "/", 404), ("PUT", "/api/sync", 404),
     ("POST", "/api/sign-in", 415), ("GET", "/health/live", 200), ("GET", "/health/ready", 200), ("DELETE", "/x", 404),
     ("GET", "/assets/none.js", 404), ("POST", "/api/enrol", 413), ("GET", "/api/schema/openapi.json", 200),
     ("OPTIONS", "/api/sync", 204), ("GET", "/api/audit", 500)],
)  # fmt: skip
def test_T16_headers_on_every_route(
    built: World, monkeypatch: pytest.MonkeyPatch, method: str, path: str, status: int
) -> None:
    content = {415: b"x", 413: b" " * 70_000}.get(status)
    if status == 500:
        monkeypatch.setattr(built.app.state, "store", None)
    headers = {"Content-Type": "text/plain" if status == 415 else "application/json"} if content else None
    token = built.device("amina").token if status == 500 else ""

    answer = built.call(method, path, token=token, content=content, headers=headers)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["worker-src"] == "http://localhost:8000/sw.js http://127.0.0.1:8000/sw.js"
    assert policy["img-src"] == "'self' data:" and "media-src" not in policy
    permitted = dict(one.split("=") for one in answer.headers["permissions-policy"].split(", "))
    assert {name for name, to in permitted.items() if to != "()"} == {
        "camera", "publickey-credentials-get", "publickey-credentials-create",
    }  # fmt: skip
    assert set(permitted.values()) == {"(self)", "()"}
    assert {"microphone", "geolocation", "display-capture", "usb", "bluetooth", "clipboard-read"} <= permitted.keys()
    assert "access-control-allow-origin" not in answer.headers and "server" not in answer.headers
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


def test_T16_https_is_asked_for_ever_where_there_is_https(
    built: World, worlds: Callable[[Settings], World], sqlite_settings: Settings
) -> None:
    there = worlds(
        msgspec.structs.replace(sqlite_settings, public_url="https://onthaal.example", environment="production")
    )

    answer = there.call("GET", "/health/live")

    assert answer.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert "worker-src https://onthaal.example/sw.js;" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in built.call("GET", "/health/live").headers


@pytest.mark.parametrize(
    "path", ["/assets/app-abc123.js", "/", "/index.html", "/desk/sw.js", "/assets/sw.js", "/api/me"]
)
def test_T34_a_service_worker_from_any_other_path_is_refused(built: World, path: str) -> None:
    as_worker = {"Service-Worker": "script", "Sec-Fetch-Dest": "serviceworker"}

    answer = built.call("GET", path, headers=as_worker)

    assert answer.status_code in (404, 401) and answer.headers["content-type"].startswith("application/json")
    assert "service-worker-allowed" not in answer.headers
    assert built.call("GET", "/sw.js", headers=as_worker).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "SAME-ORIGIN"])
def test_T36_a_session_is_used_by_our_own_pages_only(built: World, site: str) -> None:
    griet = built.device("griet")
    cookie = {"Cookie": griet.headers["Cookie"]} | ({"Sec-Fetch-Site": site} if site else {})
    routes = built.call("GET", "/api/schema/openapi.json").json()["paths"]
    changing = [(method.upper(), path) for path, methods in routes.items() for method in methods if method != "get"]
    assert len(changing) > 20

    for method, path in changing:
        answer = built.call(method, re.sub(r"{\w+}", "1", path), headers=cookie, json_body={})
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), path


def test_replies_of_the_sync_are_not_stored(built: World) -> None:
    amina = built.device("amina")

    assert amina.sends([]).headers["cache-control"] == "no-store"


def answered(app: Litestar) -> set[str]:
    """Return every route that an application answers, but OPTIONS, as ``METHOD /path``."""
    return {
        f"{method} {re.sub(r':[a-z]+}', '}', path)}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for path in [route.path]
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }


def test_every_route_is_described_and_the_description_is_kept_out_of_production(
    built: World, worlds: Callable[[Settings], World], sqlite_settings: Settings
) -> None:
    paths = built.call("GET", "/api/schema/openapi.json").json()["paths"]
    production = worlds(msgspec.structs.replace(sqlite_settings, environment="production"))
    described = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}

    there = {route for route in answered(built.app) if not route.partition(" ")[2].startswith("/api/schema")}
    assert there - described == {"GET /", "GET /{path}", "HEAD /calendar/{name}"}, (
        "the app's files; a HEAD of what is described"
    )
    assert described - there == set() and len(described) > 60
    assert all(operation["summary"] for methods in paths.values() for operation in methods.values())
    assert answered(production.app) == there
    for path in ("/api/schema", "/api/schema/openapi.json", "/api/schema/openapi.yaml", "/schema/openapi.json"):
        assert "openapi" not in production.call("GET", path).text, path


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "url"
    secret.write_text("postgresql://x\n")

    assert read_settings({"ONTHAAL_DATABASE_URL_FILE": str(secret), "OTHER": "1"}).database_url == "postgresql://x"
    assert read_settings({"ONTHAAL_PORT": "9000"}).port == 9000
    for wrong in ({"ONTHAAL_PROT": "1"}, {"ONTHAAL_PORT": "x"}, {"ONTHAAL_ENVIRONMENT": "test"}):
        with pytest.raises(BadSettings):
            read_settings(wrong)


def test_bodies_are_described(built: World) -> None:
    document = built.call("GET", "/api/schema/openapi.json").json()

    body = document["paths"]["/api/enrol"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["$ref"].endswith("Enrol")
