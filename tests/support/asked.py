"""What a test tells the hooks of `asking.py`, in a file: they run in the process of schemathesis."""

from typing import Any

from msgspec import Struct


class Told(Struct):
    """What there is. ``others`` is another device than ``own``, the caller's; in the file ``answers`` they are noted."""

    ids: dict[str, dict[str, str | int]]  # route → its parameters
    bodies: dict[str, dict[str, Any]]  # route → an honest body
    kept: dict[str, list[str]]  # route → what stays of the honest body in every other one
    own: str
    others: str
    answers: str
