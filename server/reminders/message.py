"""What a push says: a count, and an opaque id. Nothing about anybody, in any language.

    payload(leased, origin) → Declarative Web Push, so that it is shown without our script where a browser reads it

The words are here and not in the app's texts: a locked app, or none, shows them.
"""

import msgspec
from msgspec import Struct

from server.store.pushes import Leased

# kind → (one, several); {n} follow-ups, {late} of them late, {reviews} talks to look at
_WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "nl": {
        "follow_ups": ("{n} afspraak", "{n} afspraken"),
        "digest": ("{n} vandaag", "{n} vandaag"),
        "late": ("{n} te laat", "{n} te laat"),
        "review": ("{n} te bekijken", "{n} te bekijken"),
        "test": ("Dit is een proef", "Dit is een proef"),
    },
    "fr": {
        "follow_ups": ("{n} suivi", "{n} suivis"),
        "digest": ("{n} aujourd'hui", "{n} aujourd'hui"),
        "late": ("{n} en retard", "{n} en retard"),
        "review": ("{n} à revoir", "{n} à revoir"),
        "test": ("Ceci est un essai", "Ceci est un essai"),
    },
    "en": {
        "follow_ups": ("{n} follow-up", "{n} follow-ups"),
        "digest": ("{n} today", "{n} today"),
        "late": ("{n} late", "{n} late"),
        "review": ("{n} to review", "{n} to review"),
        "test": ("This is a test", "This is a test"),
    },
}
_ACTIONS = {
    "nl": {"done": "Gedaan", "later": "Later", "call": "Bellen"},
    "fr": {"done": "Fait", "later": "Plus tard", "call": "Appeler"},
    "en": {"done": "Done", "later": "Later", "call": "Call"},
}


class Action(Struct, frozen=True):
    action: str
    title: str
    navigate: str


class Notification(Struct, frozen=True, omit_defaults=True):
    title: str
    body: str
    lang: str
    tag: str
    navigate: str
    actions: list[Action] = []


class Push(Struct, frozen=True, omit_defaults=True):
    web_push: int
    notification: Notification
    app_badge: int | None = None
    mutable: bool = False


def body_of(kind: str, language: str, *, count: int, late: int, reviews: int) -> str:
    """Return the line that is shown."""
    if kind == "digest":
        parts = [("digest", count - late), ("late", late), ("review", reviews)]
    else:
        parts = [(kind, reviews if kind == "review" else count)]
    shown = [(part, n) for part, n in parts if n or kind in ("test", "follow_ups")]
    return ", ".join(_WORDS[language][part][n != 1].format(n=n) for part, n in shown)


def payload(leased: Leased, language: str, public_url: str) -> bytes:
    """Return what is encrypted for one device."""
    words = language if language in _WORDS else "nl"
    page = f"{public_url}/reminder/{leased.reminder}"
    is_one = leased.kind == "follow_ups" and leased.count == 1
    actions = [Action(name, title, f"{page}?do={name}") for name, title in _ACTIONS[words].items()] if is_one else []
    body = body_of(leased.kind, words, count=leased.count, late=leased.late, reviews=leased.reviews)
    badge = None if leased.kind == "test" else leased.count
    return msgspec.json.encode(
        Push(8030, Notification("Onthaal", body, words, leased.reminder, page, actions), badge, mutable=True)
    )
