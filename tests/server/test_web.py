"""The built app's files, and the headers of every answer."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from server.settings import BadSettings, Settings, read_settings
from tests.support.world import World

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
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
     ("GET", "/assets/none.js", 404)],
)  # fmt: skip
def test_every_answer_has_the_security_headers(built: World, method: str, path: str, status: int) -> None:
    content = b"x" if path == "/api/sign-in" else None
    answer = built.call(method, path, content=content, headers={"Content-Type": "text/plain"} if content else None)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "worker-src 'self'" in policy
    assert "'wasm-unsafe-eval'" in policy and "'unsafe-eval'" not in policy.replace("wasm-unsafe-eval", "")
    assert "camera=(self)" in answer.headers["permissions-policy"]
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


def test_replies_of_the_sync_are_not_stored(built: World) -> None:
    amina = built.device("amina")

    assert amina.sends([]).headers["cache-control"] == "no-store"


def test_every_route_is_described_and_the_description_is_kept_out_of_production(
    built: World, worlds: Callable[[Settings], World], sqlite_settings: Settings
) -> None:
    paths = built.call("GET", "/api/schema/openapi.json").json()["paths"]
    production = worlds(msgspec.structs.replace(sqlite_settings, environment="production"))

    assert {"/api/sync", "/api/poke", "/api/sign-in", "/api/enrol", "/api/me", "/api/team", "/api/members"} <= set(
        paths
    )
    assert all(operation["summary"] for methods in paths.values() for operation in methods.values())
    assert production.call("GET", "/api/schema/openapi.json").status_code == 404


def test_health_says_whether_the_database_answers(world: World) -> None:
    assert world.call("GET", "/health/live").json() == {"status": "live"}
    assert world.call("GET", "/health/ready").json() == {"status": "ready"}


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
