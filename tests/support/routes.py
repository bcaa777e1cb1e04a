"""Every route that the API says there is, and a body that each takes; so that a test over all of them leaves none out."""

import re
from collections.abc import Mapping

from tests.support.world import World

BODIES: dict[str, object] = {
    "POST /api/sign-in": {"email": "a@x.example", "password": "x"},
    "POST /api/sign-in/link": {"code": "x"},
    "POST /api/passkey/sign-in": dict.fromkeys(
        ("id", "client_data", "authenticator_data", "signature", "user_handle"), "AA"
    ),
    "POST /api/enrol": {"code": "x"},
    "POST /api/enrol/look": {"code": "x"},
    "POST /api/notices/{}/seen": {"at": 1},
    "POST /api/verify": {"password": "x"},
    "POST /api/code/confirm": {"code": "123456"},
    "POST /api/password": {"password": "een nieuw lang wachtwoord"},
    "POST /api/passkeys": {"answer": {"id": "AA", "client_data": "AA", "attestation": "AA"}, "label": "x"},
    "POST /api/members": {"display_name": "x", "role": "generalist"},
    "PATCH /api/members/{}": {"display_name": "x"},
    "POST /api/policy/pin-alone": {"accepted": False, "words": ""},
    "POST /api/me/vault": {"member_key": "A" * 87, "token": "A" * 43, "courier": "B" * 43},
    "POST /api/exports": {"event": "x", "format": "csv", "words": False, "language": "nl"},
    "POST /api/contacts/{}/read": {"reason": "iemand moet bellen"},
    "PUT /api/reminders/preferences": {},
    "PUT /api/reminders/organisation": {},
    "PUT /api/reminders/subscription": {
        "endpoint": "https://fcm.googleapis.com/fcm/send/1", "p256dh": "B" * 87, "auth": "A" * 22, "key": "A" * 87,
    },
    "POST /api/reminders/calendar": {},
    "POST /api/sealed/import": {"edits": []},
    "POST /api/sync": {"protocol": 1, "kinds": 1, "epoch": "", "call": 1, "now": 1, "cursors": {}, "edits": []},
}  # fmt: skip
NUMBERS = ("POST /api/sealed/{}/drop",)


def routes(world: World) -> dict[str, str]:
    """Return every route as ``METHOD /path/{}``, and its path as the API describes it."""
    paths = world.call("GET", "/api/schema/openapi.json").json()["paths"]
    return {f"{m.upper()} {re.sub(r'{[^}]+}', '{}', path)}": path for path, methods in paths.items() for m in methods}


def body_of(route: str) -> object:
    """Return a body that the route takes; none where it takes none."""
    return BODIES.get(route, {} if route.startswith(("POST", "PUT", "PATCH")) else None)


def path_of(route: str, path: str = "", ids: Mapping[str, object] | None = None) -> str:
    """Return a path with these ids in it, or with ids of nothing; of the route alone where its path is not given."""
    nothing = "1" if route in NUMBERS else "x"
    if not path:
        return route.split()[1].replace("{}", nothing)
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str((ids or {}).get(found[1], nothing)), path).replace(
        "/parked/x/x/", "/parked/x/1/"
    )
