"""SQL of pushes: subscriptions of devices, deliveries that wait, feeds of calendars."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from server.store.engine import Row, Tx
from server.store.reminders import LATE_MS


class Leased(Struct, frozen=True):
    """A delivery that this process may send until its lease ends; ``endpoint`` '' where the device is gone.

    ``count``, ``late``: the follow-ups that still stand as they stood when it was said, and are not over.
    """

    id: str
    tries: int
    reminder: str
    device: str
    organisation: str
    member: str
    kind: str
    count: int
    late: int
    reviews: int
    until_at: int
    endpoint: str
    p256dh: str
    auth: str
    push_key: str
    language: str


async def subscribe(
    tx: Tx, organisation: str, member: str, device: str, subscription: tuple[str, str, str, str, str], *, now_ms: int
) -> None:
    """Store a device's (endpoint, p256dh, auth, push_key, language) in place of what it had, and of older sessions' there."""
    await tx.run("DELETE FROM push_subscription WHERE device = ?", device)
    await tx.run(
        "DELETE FROM push_subscription WHERE member = ? AND organisation = ? AND endpoint = ?",
        member, organisation, subscription[0],
    )  # fmt: skip
    await tx.run(
        "INSERT INTO push_subscription VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        device, organisation, member, *subscription, now_ms,
    )  # fmt: skip


async def unsubscribe(tx: Tx, device: str) -> None:
    """Forget a device's subscription."""
    await tx.run("DELETE FROM push_subscription WHERE device = ?", device)


async def unsubscribe_all(tx: Tx, organisation: str, member: str) -> None:
    """Forget all ways to reach a member: subscriptions and the calendar's link."""
    await tx.run("DELETE FROM push_subscription WHERE member = ? AND organisation = ?", member, organisation)
    await drop_feed(tx, organisation, member)


async def key_of(tx: Tx, device: str) -> str | None:
    """Return the push key that a device's subscription was made with, ``None`` where there is none."""
    rows = await tx.fetch("SELECT push_key FROM push_subscription WHERE device = ?", device)
    return str(rows[0][0]) if rows else None


async def reachable(tx: Tx, organisation: str, *, read_since: int) -> set[str]:
    """Return the members with a device that took the last push to it, or a feed that was read since a day."""
    last = (
        "SELECT d.state FROM reminder r JOIN push_delivery d ON d.reminder = r.id WHERE r.member = s.member"
        " AND r.organisation = s.organisation AND r.made_at >= s.made_at AND d.device = s.device"
        " AND d.state IN ('accepted', 'gave_up') ORDER BY r.made_at DESC LIMIT 1"
    )
    rows = await tx.fetch(
        f"SELECT s.member FROM push_subscription s WHERE s.organisation = ? AND COALESCE(({last}), '') <> 'gave_up'"
        " UNION SELECT member FROM calendar_feed WHERE organisation = ? AND read_on >= ?",
        organisation, organisation, read_since,
    )  # fmt: skip
    return {row[0] for row in rows}


async def subscribed(tx: Tx, organisation: str) -> set[str]:
    """Return the members with a device that is subscribed."""
    rows = await tx.fetch("SELECT DISTINCT member FROM push_subscription WHERE organisation = ?", organisation)
    return {row[0] for row in rows}


async def waiting_of(tx: Tx, reminder: str) -> int:
    """Return to how many devices a reminder goes."""
    [(count,)] = await tx.fetch("SELECT count(*) FROM push_delivery WHERE reminder = ?", reminder)
    return int(count)


async def keys_in_use(tx: Tx) -> set[str]:
    """Return the push keys that subscriptions were made with."""
    return {row[0] for row in await tx.fetch("SELECT DISTINCT push_key FROM push_subscription")}


# ── the outbox ────────────────────────────────────────────────────────────────────────────────────────


_DIGESTS = ("digest", "review")
_HEARD = "EXISTS (SELECT 1 FROM push_delivery d WHERE d.reminder = r.id AND d.state IN ('accepted', 'waiting'))"

# What a reminder is about, and was done, moved or withdrawn since, or is over by now. A digest counts that as it was, and what
# is late is so when it waits for another day too.
_GONE = (
    "FROM reminder_about a WHERE a.reminder = r.id AND NOT EXISTS (SELECT 1 FROM reminder_task t WHERE t.record = a.record"
    " AND t.member = r.member AND t.organisation = r.organisation AND t.over_at = a.over_at"
    f" AND (t.waits = 0 OR t.over_at < r.made_at - {LATE_MS}) AND (r.kind = 'digest' OR t.over_at > ?))"
)


async def lease(tx: Tx, *, now_ms: int, lease_ms: int, limit: int) -> list[Leased]:
    """Return deliveries that wait, oldest first; nobody else sends them until the lease ends."""
    lock = " FOR UPDATE SKIP LOCKED" if tx.is_postgres else ""
    rows = await tx.fetch(
        "UPDATE push_delivery SET next_at = ?, tries = tries + 1 WHERE id IN (SELECT id FROM push_delivery"
        f" WHERE state = 'waiting' AND next_at <= ? ORDER BY next_at, id LIMIT ?{lock}) RETURNING id",
        now_ms + lease_ms, now_ms, limit,
    )  # fmt: skip
    found = await tx.by_keys(
        f"SELECT d.id, d.tries, d.reminder, d.device, r.organisation, r.member, r.kind, r.count - (SELECT count(*) {_GONE}),"
        f" r.late - (SELECT count(*) {_GONE} AND a.over_at < r.made_at - {LATE_MS}), r.reviews, r.until_at,"
        " COALESCE(s.endpoint, ''), COALESCE(s.p256dh, ''), COALESCE(s.auth, ''), COALESCE(s.push_key, ''),"
        " COALESCE(s.language, '') FROM push_delivery d JOIN reminder r ON r.id = d.reminder"
        " LEFT JOIN push_subscription s ON s.device = d.device AND s.member = r.member WHERE d.id {keys}",
        [row[0] for row in rows], now_ms, now_ms,
    )  # fmt: skip
    return [Leased(*row) for row in found]


async def settle(tx: Tx, rows: Iterable[tuple[str, int, str, int]]) -> None:
    """Store (state, next_at) of deliveries by (id, tries); whoever's lease had ended changes nothing."""
    await tx.run_many(
        "UPDATE push_delivery SET state = ?, next_at = ? WHERE id = ? AND tries = ? AND state = 'waiting'", rows
    )


async def drop(tx: Tx, gone: Iterable[tuple[str, str]]) -> None:
    """Forget subscriptions by (device, endpoint) that their service does not know any more."""
    await tx.run_many("DELETE FROM push_subscription WHERE device = ? AND endpoint = ?", gone)


async def unsay(tx: Tx, reminders: Iterable[str]) -> None:
    """Hold reminders that no device took, nor may still take, for not said: whoever subscribes anew hears of them.

    At once where one subscribed since; else with the next (``hear_again``), as the devices of now would fail once more.
    """
    newer = (
        "EXISTS (SELECT 1 FROM push_subscription s"
        " WHERE s.member = r.member AND s.organisation = r.organisation AND s.made_at > r.made_at)"
    )
    unheard = await tx.by_keys(
        f"SELECT organisation, member, id, made_at, kind, CASE WHEN {newer} THEN 1 ELSE 0 END FROM reminder r"
        f" WHERE NOT {_HEARD} AND id {{keys}}",
        reminders,
    )
    of_tasks = (
        " WHERE organisation = ? AND member = ? AND record IN (SELECT record FROM reminder_about WHERE reminder = ?)"
    )
    # What an earlier one said of those that a digest only counted stays said.
    await tx.run_many(
        f"UPDATE reminder_task SET since = known{of_tasks} AND since >= ?", [tuple(row)[:4] for row in unheard]
    )
    newer_ones = [tuple(row) for row in unheard if row[5]]
    await tx.run_many(f"UPDATE reminder_task SET wake_at = 0{of_tasks}", [row[:3] for row in newer_ones])
    await tx.run_many(
        "DELETE FROM reminder_morning WHERE organisation = ? AND member = ?",
        [row[:2] for row in newer_ones if row[4] in _DIGESTS],
    )


async def hear_again(tx: Tx, organisation: str, member: str) -> None:
    """Hold a member's latest digest for not said where no device took it, nor may still take it."""
    rows = await tx.fetch(
        f"SELECT CASE WHEN {_HEARD} THEN 1 ELSE 0 END FROM reminder r WHERE r.member = ? AND r.organisation = ?"
        " AND r.kind IN ('digest', 'review') ORDER BY r.made_at DESC LIMIT 1",
        member, organisation,
    )  # fmt: skip
    if rows and not rows[0][0]:
        await tx.run("DELETE FROM reminder_morning WHERE organisation = ? AND member = ?", organisation, member)


async def pushed_since(tx: Tx, organisation: str, members: Iterable[str], *, since_ms: int) -> dict[str, list[int]]:
    """Return when some members were reminded since a moment: tests not counted, nor what no device took or may still take."""
    rows = await tx.by_keys(
        "SELECT member, made_at FROM reminder r WHERE organisation = ? AND made_at >= ? AND kind <> 'test'"
        f" AND {_HEARD} AND member {{keys}}",
        members, organisation, since_ms,
    )  # fmt: skip
    found: dict[str, list[int]] = {}
    for member, made_at in rows:
        found.setdefault(member, []).append(made_at)
    return found


async def next_waiting(tx: Tx) -> int | None:
    """Return when the next delivery may be sent."""
    [(at,)] = await tx.fetch("SELECT min(next_at) FROM push_delivery WHERE state = 'waiting'")
    return None if at is None else int(at)


# ── feeds of calendars ────────────────────────────────────────────────────────────────────────────────


async def set_feed(tx: Tx, secret_hash: str, organisation: str, member: str, shows: str, *, now_ms: int) -> None:
    """Store the feed of a member in place of the one before."""
    await drop_feed(tx, organisation, member)
    await tx.run(
        "INSERT INTO calendar_feed VALUES (?, ?, ?, ?, ?, 0)", secret_hash, organisation, member, shows, now_ms
    )


async def drop_feed(tx: Tx, organisation: str, member: str) -> None:
    """End a member's feed."""
    await tx.run("DELETE FROM calendar_feed WHERE member = ? AND organisation = ?", member, organisation)


async def feed_of(tx: Tx, organisation: str, member: str) -> Row | None:
    """Return (shows, made_at) of a member's feed."""
    rows = await tx.fetch(
        "SELECT shows, made_at FROM calendar_feed WHERE member = ? AND organisation = ?", member, organisation
    )
    return rows[0] if rows else None


async def feed(tx: Tx, secret_hash: str) -> Row | None:
    """Return (organisation, member, shows, read_on) of a feed, as long as its member takes part."""
    rows: Sequence[Row] = await tx.fetch(
        "SELECT f.organisation, f.member, f.shows, f.read_on FROM calendar_feed f"
        " JOIN member m ON m.organisation = f.organisation AND m.id = f.member WHERE f.secret_hash = ? AND m.active = 1",
        secret_hash,
    )
    return rows[0] if rows else None


async def note_read(tx: Tx, secret_hash: str, day: int) -> None:
    """Note on which day a feed was read."""
    await tx.run("UPDATE calendar_feed SET read_on = ? WHERE secret_hash = ?", day, secret_hash)
