"""Stamps: which of two edits counts as the later one, when neither saw the other.

A stamp is 16 characters of lower-case ASCII, so text order *is* edit order, in
Python and in JavaScript alike:

    0197f3c2a4b00003
    └── ms, UTC ─┘└n┘      ms since 1970-01-01 in hex, and the nth of that ms; wraps in the year 10889

No function here can fail because of time: a tablet with a wrong clock goes on working.

    h   what a device gave its edit            next_stamp(last, …), last = tick(last, …)
    e   the same, corrected once by the server correct(h, …)

Source: Kulkarni et al., "Logical Physical Clocks" (2014), hybrid logical clocks.
Vectors: sync/vectors/stamp.json.  Twin: pwa/src/sync/stamp.ts.
"""

from typing import TypeAlias

Stamp: TypeAlias = str

FIRST: Stamp = "0" * 16
AHEAD_MS_MAX = 5 * 60_000  # what the server lets stand; tablets set by hand are minutes off, seldom more
STEP_BACK_MS = 60_000  # a calibrated device further ahead than this gives up its old `last`
_LAST_MS = (1 << 48) - 1
_LAST = (1 << 64) - 1


def from_ms(ms: int) -> Stamp:
    """Return the first stamp of a millisecond; times before 1970 count as 1970, after 10889 as 10889."""
    return f"{min(max(ms, 0), _LAST_MS) << 16:016x}"


def ms_of(stamp: Stamp) -> int:
    """Return the milliseconds since 1970 in a stamp."""
    return int(stamp, 16) >> 16


def after(stamp: Stamp) -> Stamp:
    """Return the next stamp; a full counter rolls into the next millisecond. The very last one is its own next."""
    return f"{min(int(stamp, 16) + 1, _LAST):016x}"


def tick(last: Stamp, *, now_ms: int) -> Stamp:
    """Return what ``last`` becomes when a device makes an edit: later than before, wherever the wall clock went."""
    return max(from_ms(now_ms), after(last))


def next_stamp(last: Stamp, *, now_ms: int, shown: Stamp = "") -> Stamp:
    """Return the stamp of a new edit on this device.

    Later than ``last`` even where the wall clock stood still or was set back, and
    later than ``shown``, the latest version its author has on the screen. What is
    shown does not move ``last`` (see ``tick``): one record from a tablet with a clock
    in 2099 must not carry every later edit of this device there.
    """
    own = tick(last, now_ms=now_ms)
    return max(own, after(shown)) if shown else own


def step_back(last: Stamp, *, now_ms: int) -> Stamp:
    """Return ``last``, or now where a calibrated device finds it more than a minute ahead."""
    return from_ms(now_ms) if ms_of(last) > now_ms + STEP_BACK_MS else last


def correct(h: Stamp, *, correction_ms: int, server_now_ms: int) -> Stamp:
    """Return ``e``: ``h`` moved by ``correction_ms``, at most five minutes after the server's now, never below 0.

    ``correction_ms`` is server now − request now for an edit made uncalibrated, and 0 otherwise.
    """
    moved = int(h, 16) + (correction_ms << 16)
    limit = (server_now_ms + AHEAD_MS_MAX) << 16
    return f"{min(max(min(moved, limit), 0), _LAST):016x}"
