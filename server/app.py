"""Composition root: the only file that knows all others.

build_app(settings) → Litestar     store · hub · outside · handlers · middleware
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import structlog
from litestar import Litestar, Request, get
from litestar.config.app import AppConfig
from litestar.datastructures import State
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin

from server.answers import ON_ERROR, Trace, describe_problems
from server.bodies import SmallJson
from server.chores import DAY_S, HOUR_S, MINUTE_S, again
from server.clock import new_author, new_id, now_ms
from server.desk import routes as desk
from server.desk import trail
from server.epoch import find_epoch
from server.exchange import routes as exchange
from server.exchange import sealed_routes as sealed
from server.exchange.check import log_differences
from server.exchange.load import read_row
from server.exchange.settle import Call, Caller, Loaded, Sent
from server.exchange.take import erase_again, take_parked
from server.exchange.together import Settler
from server.keys import TransportKeys
from server.limits import Limits
from server.outside import Outside
from server.people import account, desk_key, enrolment, entry, letting_in, policy, team, vaults
from server.people.desk_key import DeskKeys
from server.people.sign_in import SignedIn
from server.poke.hub import Hub
from server.reminders import calendar_routes, routes, sent_routes
from server.reminders.parts import Reminders
from server.reports import routes as reports
from server.settings import Settings
from server.store import people as people_sql
from server.store import records as records_sql
from server.store.engine import Store
from server.store.history import Past
from server.store.migrations import migrate
from server.store.unlocking import seal_all, unlock
from server.web import HANDLERS as WEB
from server.web import BuiltApp, headers_of
from sync.edits import Edit, Record, Value
from sync.stamp import FIRST, next_stamp

REMINDERS = (*routes.HANDLERS, *sent_routes.HANDLERS, *calendar_routes.HANDLERS)
PEOPLE = (
    *entry.HANDLERS, *enrolment.HANDLERS, *letting_in.HANDLERS, *account.HANDLERS, *team.HANDLERS, *policy.HANDLERS,
    *vaults.HANDLERS, *desk_key.HANDLERS,
)  # fmt: skip


class Server:
    """The parts of a running server, for handlers and for who plays a day in-process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.store = Store(file=Path(settings.database_file), url=settings.database_url)
        self.hub = Hub(settings.database_url)
        self.outside = Outside(Path(settings.state_dir))
        self.settler = Settler(self.store, self.poke, self.note)
        self.transport = TransportKeys(Path(settings.state_dir) / "transport-keys")
        self.desk_keys = DeskKeys(Path(settings.state_dir) / desk_key.NAME)
        self.limits = Limits(self.store, settings)
        self.reminders = Reminders(settings, self.store, self.hub)
        self.built = BuiltApp(Path(settings.app_dir))
        self.epoch = ""
        self.author = new_author()
        self.n = 0

    async def start(self) -> None:
        """Open the database, bring it up to date, find the epoch to serve; erase again before anybody reads."""
        await self.store.open()
        try:
            await self._begin()
        except BaseException:
            await self.store.close()  # or its threads would keep a process alive that serves nobody
            raise

    async def _begin(self) -> None:
        await migrate(self.store)
        await unlock(self.store, self.settings.key_path)
        await seal_all(self.store)
        self.transport.start(now_ms=now_ms())
        self.desk_keys.start()
        self.epoch = await find_epoch(self.store, self.outside, fresh=new_id()[-12:], now_ms=now_ms())
        await self._repeat_erasures()
        await self.hub.start()
        self.reminders.start()
        self._chores = [
            asyncio.create_task(again("transport keys", DAY_S, self._sweep_keys)),
            asyncio.create_task(again("digests", DAY_S, lambda: log_differences(self.store))),
            asyncio.create_task(again("alive", MINUTE_S, self._keep_alive)),
            asyncio.create_task(again("limits", HOUR_S, lambda: self.limits.sweep(now_ms=now_ms()))),
        ]

    async def _sweep_keys(self) -> None:
        self.transport.sweep(now_ms=now_ms())

    async def _keep_alive(self) -> None:
        self.outside.keep_alive(now_ms=now_ms())

    async def stop(self) -> None:
        """End connections and close the database."""
        for chore in self._chores:
            chore.cancel()
        await self.reminders.stop()
        self.outside.write_counters()
        await self._keep_alive()
        await self.hub.stop()
        await self.store.close()

    async def poke(self, organisation: str, positions: Mapping[str, int]) -> None:
        """Tell after a commit that streams changed, and keep how far they came outside the database."""
        self.outside.keep_counters(organisation, positions, now_ms=now_ms())
        await self.hub.poke(organisation, positions)

    def note(self, organisation: str, ids: Sequence[str]) -> None:
        """Keep ids of what was erased outside the database."""
        self.outside.note("erased", organisation, ids)

    def note_revoked(self, organisation: str, ids: Sequence[str]) -> None:
        """Keep ids of members and devices that lost their access outside the database."""
        self.outside.note("revoked", organisation, ids)

    def note_active(self, organisation: str, member: str, active: bool) -> None:
        """Keep outside the database who left, and who came back."""
        self.outside.note("back" if active else "left", organisation, [member])

    async def write_member(
        self, organisation: str, by: str, member: str, values: Mapping[str, Value], now: int | None = None
    ) -> None:
        """Change a member's record by an edit of the server's own; ``by`` is the coordinator who asked."""
        at = now_ms() if now is None else now
        async with self.store.reading() as tx:
            rows = await records_sql.records(tx, organisation, [member])
        shown = read_row(rows[0], Loaded()) if rows else None
        edit = self._next_edit(at, "member", member, values, shown)
        caller = Caller(organisation, by, "server", "admin", server=True)
        await self._settle("", [edit], caller, at)

    def _next_edit(self, at: int, kind: str, id: str, values: Mapping[str, Value], shown: Record | None) -> Edit:
        """Return an edit of the server's own that replaces what the record shows."""
        self.n += 1
        live = [(name, v) for name, versions in (shown.live if shown else {}).items() for v in versions]
        over: dict[str, list[str]] = {}
        for name, v in live:
            if name in values and v.a != self.author:
                over.setdefault(name, []).append(v.dot)
        latest = max((v.e for _, v in live), default="")
        return Edit(self.author, self.n, next_stamp(FIRST, now_ms=at, shown=latest), kind, id, dict(values), over=over)

    async def write_as(
        self, organisation: str, member: str, role: str, scope: str, edits: Sequence[Edit], *, now: int | None = None
    ) -> list[list[str]]:
        """Settle edits in a member's name, without a token: for commands on the server itself."""
        return await self._settle(
            scope, edits, Caller(organisation, member, "server", role), now_ms() if now is None else now
        )

    async def _settle(self, scope: str, edits: Sequence[Edit], caller: Caller, at: int) -> list[list[str]]:
        return await self.settler.settle(scope, [Sent(edit, caller, Call(at)) for edit in edits])

    async def take_parked(self, organisation: str, by: str, past: Past) -> str:
        """Apply a parked edit as it was written; return its new answer."""
        return await take_parked(
            organisation, by, past, store=self.store, poke=self.poke, note=self.note, now_ms=now_ms()
        )

    async def _repeat_erasures(self) -> None:
        """Erase again, and revoke again, what a restored copy does not know of."""
        gone: dict[str, list[str]] = {}
        for organisation, id in self.outside.gone("erased"):
            gone.setdefault(organisation, []).append(id)
        for organisation, ids in gone.items():
            await erase_again(organisation, ids, store=self.store, now_ms=now_ms())
        async with self.store.writing() as tx:
            for organisation, id in self.outside.gone("revoked"):
                await people_sql.revoke(tx, organisation, id, now_ms=now_ms())
        for organisation, id in self.outside.left():
            async with self.store.writing() as tx:
                found = await people_sql.member(tx, organisation, id)
                if found is None or not found.active:
                    continue
                await people_sql.change_member(tx, msgspec.structs.replace(found, active=False))
            await self.write_member(organisation, id, id, {"active": False})


@get("/health/live", summary="The process answers")
async def live() -> dict[str, str]:
    """Return at once."""
    return {"status": "live"}


@get("/health/ready", summary="The database answers")
async def ready(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Return after asking the database."""
    async with request.app.state.store.reading() as tx:
        await tx.fetch("SELECT 1")
    return {"status": "ready"}


def build_app(
    settings: Settings,
    server: Server | None = None,
    *,
    routes: Litestar | None = None,
    clock: Callable[[], int] = now_ms,
) -> Litestar:
    """Return the application; it opens its database when it starts.

    ``routes``: those of an application that has stopped, to be used again; making them takes a quarter of a second.
    ``clock``: the time at which tokens and calls of tablets are judged, another than now where a day is replayed.
    """
    parts = server or Server(settings)
    app = routes or _routes(is_described=not settings.is_production)
    shared = (
        "settings", "store", "transport", "desk_keys", "hub", "limits", "built", "settler", "note_revoked",
        "note_active", "write_member", "take_parked", "reminders",
    )  # fmt: skip
    app.state = State({"parts": parts, "clock": clock, **{name: getattr(parts, name) for name in shared}})
    # Around everything, so that answers to unknown routes and of other middleware have the headers too.
    inner = app.asgi_handler.app if isinstance(app.asgi_handler, Trace) else app.asgi_handler
    app.asgi_handler = Trace(inner, headers_of(settings))
    return app


@asynccontextmanager
async def _life(app: Litestar) -> AsyncIterator[None]:
    parts: Server = app.state.parts
    await parts.start()
    try:
        yield
    finally:
        await parts.stop()


def _routes(*, is_described: bool) -> Litestar:
    openapi = OpenAPIConfig("Onthaal", "1", path="/api/schema", render_plugins=[JsonRenderPlugin()])
    handlers = (
        exchange.sync, exchange.poke, *sealed.HANDLERS, *PEOPLE, *desk.HANDLERS, *trail.HANDLERS, *reports.HANDLERS,
        *REMINDERS, *WEB, live, ready,
    )  # fmt: skip
    describe_problems(handlers)
    return Litestar(
        handlers,
        lifespan=[_life],
        middleware=[DefineMiddleware(SignedIn, exclude=["^/assets/", "^/health/"]), SmallJson],
        exception_handlers=ON_ERROR,
        request_max_body_size=None,
        openapi_config=openapi if is_described else None,
        on_app_init=[_no_default_logging],
    )


def _no_default_logging(config: AppConfig) -> AppConfig:
    """Litestar's own logging writes whole bodies and cookies; ``Trace`` writes what may be known."""
    config.logging_config = None
    return config


def set_up_logs(*, level: int = logging.INFO) -> None:
    """Write structured lines to stderr."""
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper("iso"),
                    structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )  # fmt: skip
