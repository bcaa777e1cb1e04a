"""T38: the API does what its description says, whatever is sent; and its handlers are reached, not only its doors."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from server.clock import now_ms
from server.settings import Settings
from sync.wire import encode_edit
from tests.server.test_T10_T27_claims import written
from tests.support.asked import Told
from tests.support.newcomer import Newcomer, invited
from tests.support.process import ROOT, Process
from tests.support.routes import BODIES
from tests.support.seal import encode
from tests.support.world import World

# Deliberately otherwise: another method on a path is a route that is not there, 404; and what fits its form may still
# be refused for what it says, such as a password that is tried first.
OTHERWISE = "unsupported_method,positive_data_acceptance"
# The first never ends; the second ends the session by which the others are asked.
APART = ("/api/poke", "/api/sign-out")
EXAMPLES = 12
HONEST = ("POST /api/members", "PATCH /api/members/{}", "POST /api/contacts/{}/read", "POST /api/policy/pin-alone")
# With these a call is read on, whatever its edits are; and an export is looked up.
KEPT = {"POST /api/sync": ["protocol", "kinds", "epoch", "now"], "POST /api/exports": ["event"],
        "POST /api/members": ["role"]}  # fmt: skip
HOUR_MS = 60 * 60_000
# Whose handlers must have been reached, to the end: a success was answered.
DOORS = {
    "GET /health/live", "GET /health/ready", "GET /api/sign-in/ways", "POST /api/passkey/options", "POST /api/enrol/look",
    "POST /api/forget",
}  # fmt: skip
OF_ONESELF = {
    "POST /api/sync", "POST /api/sealed/import", "GET /api/me", "GET /api/reminders/preferences",
    "PUT /api/reminders/preferences", "DELETE /api/reminders/subscription", "POST /api/reminders/test",
    "GET /api/reminders/meetings/{}", "GET /api/reminders/calendar", "POST /api/reminders/calendar",
    "DELETE /api/reminders/calendar",
}  # fmt: skip
OF_THE_DESK = {
    "GET /api/account", "GET /api/audit", "GET /api/audit/check", "GET /api/cards/{}/contacts", "GET /api/enrolments",
    "GET /api/notices", "GET /api/parked", "GET /api/policy", "GET /api/records/{}/history", "GET /api/reminders/sent",
    "GET /api/reminders/unreachable", "GET /api/sealed", "GET /api/team", "PATCH /api/members/{}", "POST /api/code",
    "POST /api/contacts/{}/read", "POST /api/desk/key", "POST /api/devices/{}/revoke", "POST /api/enrolments/{}/confirm",
    "POST /api/enrolments/{}/refuse", "POST /api/exports", "POST /api/members", "POST /api/members/{}/invitation",
    "POST /api/notices/{}/seen", "POST /api/parked/{}/{}/drop", "POST /api/parked/{}/{}/take", "POST /api/passkeys/options",
    "POST /api/passkeys/{}/remove", "POST /api/policy/pin-alone", "POST /api/sealed/retry", "POST /api/sealed/{}/drop",
    "POST /api/sessions/{}/end", "POST /api/verify/options", "PUT /api/reminders/organisation",
}  # fmt: skip
REACHED = {
    "griet": DOORS | OF_ONESELF | OF_THE_DESK,
    "amina": DOORS | OF_ONESELF | {"GET /api/reminders/opened/{}"},
    "": DOORS,
}


@pytest.mark.parametrize("name", REACHED)
def test_T38_no_answer_differs_from_the_description(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path, name: str
) -> None:
    settings = msgspec.structs.replace(sqlite_settings, exports_per_day=0, contact_reads_per_minute=0)
    world = worlds(settings).organise()
    told = tells(world, name, tmp_path)
    headers = world.device(name).headers if name else {}
    world.stop()  # its loop stands still from here on: what it had begun would hold the database's lock for ever
    process = Process(settings, tmp_path / "log").start()
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{process.url}/api/schema/openapi.json",
        "--exclude-checks", OTHERWISE, "--max-examples", str(EXAMPLES), "--phases", "examples,coverage,fuzzing",
        "--generation-database", "none", "--no-color",
        *(word for path in APART for word in ("--exclude-path", path)),
        *(word for header in headers.items() for word in ("--header", ": ".join(header))),
    ]  # fmt: skip
    environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.support.asking", "ONTHAAL_T38": str(tmp_path / "told"),
                                "PYTHONPATH": str(ROOT)}  # fmt: skip

    ran = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=550, env=environment
    )

    at_the_end = httpx.get(f"{process.url}/api/me", headers=headers).status_code
    process.stop()
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
    assert "broken" not in process.log.read_text()
    answers = set(Path(told.answers).read_text().splitlines())
    reached = {line.partition(" ")[2] for line in answers if line.startswith("2")}
    assert at_the_end == (200 if name else 401), "the caller is still who they were"
    assert {line for line in answers if line.startswith("5")} == set()
    assert REACHED[name] - reached == set(), "no success was seen of these"
    assert name == "griet" or not reached & OF_THE_DESK, "a coordinator's alone"
    assert (ROOT / "requirements.lock").read_text().count("\nschemathesis==") == 1


def tells(world: World, name: str, place: Path) -> Told:
    """Write down for the hooks what there is in a world that one of its people asks; return it."""
    ids: dict[str, dict[str, str | int]] = {route: {**of} for route, of in written(world).items()}
    caller = world.device(name or "amina")
    other = world.device("griet", tablet="other", member=world.coordinator, role="coordinator")
    ids["POST /api/sessions/{}/end"] = {"session_id": other.id}
    ids["POST /api/devices/{}/revoke"] = {"device_id": world.device("luc").id}
    for route in ("PATCH /api/members/{}", "POST /api/members/{}/invitation"):
        ids[route] = {"member_id": world.id("tom")}
    luc = world.device("luc")
    assert luc.sends([luc.edit(2, "talk-2", channel="tent")]).acks == [("parked", "not_allowed")]
    ids["POST /api/parked/{}/{}/take"] = {"author": luc.author, "number": 2}  # the other is dropped
    assert Newcomer(world).takes(invited(world, "sofie")).status_code == 200
    asked = {one["member"]: one["id"] for one in world.device("griet").asks("GET", "/api/enrolments").json()}
    ids["POST /api/enrolments/{}/refuse"] = {"enrolment_id": asked[world.id("sofie")]}
    world.run(counted_as_there(world))
    edits = [caller.edit(n, f"asked-{n}", channel="tent") for n in (11, 12)]
    call = json.loads(caller.body(map(encode_edit, edits)))
    vault = world.vault(world.device("bilal"))
    sealed = [vault.seals(world.device("bilal").edit(n, f"sealed-{n}", channel="tent")) for n in (1, 2)]
    bodies: dict[str, Any] = {route: BODIES[route] for route in HONEST} | {
        "POST /api/exports": {"event": world.event, "format": "csv", "words": True, "language": "nl"},
        "POST /api/sync": call,
        "POST /api/sealed/import": {"kinds": 1, "edits": [json.loads(encode(one)) for one in sealed]},
    }
    told = Told(ids, bodies, KEPT, caller.id, other.id, str(place / "answers"))
    (place / "told").write_bytes(msgspec.json.encode(told))
    return told


async def counted_as_there(world: World) -> None:
    """Let the coordinator have proved to be there for longer than the run takes."""
    async with world.server.store.writing() as tx:
        await tx.run("UPDATE device SET verified_at = ? WHERE member = ?", now_ms() + HOUR_MS, world.coordinator)
