"""What becomes of a one-time code and of the tablet that took it. Pure.

code ─┬─ unknown · used · late ──────────────────────→ nothing; the last two are noticed
      ├─ made on the server ─────────────────────────→ confirmed
      └─ made at a desk ──→ waiting ─┬─ same words ──→ confirmed: only now its tokens count
                                     ├─ other words ─→ refused, noticed
                                     ├─ given up ────→ stopped
                                     └─ ten minutes ─→ late, noticed
"""

from hashlib import sha256
from typing import Literal

from server.store.enrolment import Enrolment, Invitation
from server.store.people import Member

CODE_MS = 10 * 60_000
WAIT_MS = 10 * 60_000
PIN_ALONE = "pin_alone"
# How a refused verdict is answered.
WHY_NOT = {"used": "code_used", "late": "code_late", "unknown": "not_found"}

Verdict = Literal["unknown", "used", "late", "waits", "ok"]
State = Literal["waiting", "confirmed", "refused", "stopped", "late"]


def verdict_on(link: Invitation | None, member: Member | None, *, at_desk: bool, now_ms: int) -> Verdict:
    """Return whether a code may be used now, and whether its tablet then waits for a coordinator.

    A coordinator's opens a desk and nothing else: a tablet's token would outlive every session.
    """
    if link is None or member is None or not member.active or (member.role == "coordinator") != at_desk:
        return "unknown"
    if link.used_at is not None:
        return "used"
    if link.expires_at < now_ms:
        return "late"
    return "waits" if link.asks_words else "ok"


def state_of(one: Enrolment, *, now_ms: int) -> State:
    """Return how it stands with a tablet that took a code."""
    for state in ("confirmed", "refused", "stopped", "late"):
        if one.state == state:
            return state
    return "late" if one.expires_at < now_ms else "waiting"


def may_be_confirmed(one: Enrolment, member: Member | None, *, now_ms: int) -> Literal["ok", "late", "unknown"]:
    """Return whether a coordinator who found the same words lets this tablet in."""
    state = state_of(one, now_ms=now_ms)
    if member is None or not member.active or member.role == "coordinator" or state not in ("waiting", "late"):
        return "unknown"
    return "late" if state == "late" else "ok"


def proven(code: str, token: str, courier: str) -> bytes:
    """Return what a tablet signs with its member key: that key, code and tokens come from one hand."""
    hashes = (sha256(text.encode()).hexdigest() for text in (code, token, courier))
    return "\n".join(("onthaal/enrol/v1", *hashes)).encode()


def link_of(address: str, code: str, *, may_pin: bool) -> str:
    """Return a link for a tablet. In the fragment: it is never sent to a server or written to a log."""
    return f"{address}/#enrol={code}{'&pin' if may_pin else ''}"
