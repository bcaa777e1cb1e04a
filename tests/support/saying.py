"""What a log may say: ids, codes, counts, times, and where in our own code something broke (T40)."""

import re
from collections.abc import Callable, Iterable, MutableMapping
from typing import Any

_ID = re.compile(r"[A-Za-z0-9_:./{}<>*-]{0,120}")
_LINE = re.compile(r"[A-Za-z0-9_:./ ,<>()*-]{0,300}")
# What may stand in a log, by name; numbers may under any.
_TEXTS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("event", "level", "method", "path", "member", "device", "organisation"), _ID),
    **dict.fromkeys(("error", "chore", "type", "file"), _ID),
    **dict.fromkeys(("line", "where", "streams"), _LINE),
}
# Of what is under us, and says it past the log: whole lines, with nothing in them that anybody sent.
_FIXED = {"Invalid HTTP request received."}
Said = MutableMapping[str, Any]


def listen(said: list[dict[str, object]]) -> Callable[[Any, str, Said], Said]:
    """Return what notes every line of a log."""

    def note(_logger: object, _method: str, line: Said) -> Said:
        said.append(dict(line))
        return line

    return note


def odd_in(said: Iterable[dict[str, object]]) -> list[str]:
    """Return what should not have been said, by name."""
    return sorted(
        {f"{name}: {value!r}"[:200] for line in said for name, value in line.items() if not _may(name, value)}
    )


def strays_in(lines: Iterable[str]) -> list[str]:
    """Return the lines past a log that are not known for saying nothing of anybody: a traceback is none of those."""
    return sorted({line[:200] for line in lines if line and line not in _FIXED})


def _may(name: str, value: object) -> bool:
    if value is None or isinstance(value, int | float):
        return True
    if isinstance(value, dict):
        return all(_may(name, part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return all(_may(name, part) for part in value)
    return name in _TEXTS and isinstance(value, str) and _TEXTS[name].fullmatch(value) is not None
