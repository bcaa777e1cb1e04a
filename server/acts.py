"""Acts of whoever runs the server: serve, make an organisation, invite. Called by commands and by the demo."""

import gc
from collections.abc import Callable
from socket import AF_INET, AF_INET6, create_server, socket

import click
import uvicorn

from server.app import Server, build_app
from server.clock import new_id, new_token, now_ms
from server.people.enrolling import PIN_ALONE, link_of
from server.people.passwords import hash_password, is_short
from server.people.sign_in import hash_token
from server.poke.hub import Hub
from server.settings import Settings
from server.store import accounts, audit, enrolment
from server.store import people as sql
from server.store.engine import Store
from sync.edits import Edit
from sync.stamp import from_ms


class Serving(uvicorn.Server):
    """Says when it serves; ends the connections of listening tablets before it waits for the others to finish."""

    def __init__(self, config: uvicorn.Config, hub: Hub, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self.hub, self.announce = hub, announce

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start."""
        await super().startup(sockets)
        if self.started:
            self.announce()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop."""
        self.hub.end_all()
        await super().shutdown(sockets)


def run(settings: Settings, server: Server, *, announce: Callable[[], None] = lambda: None) -> None:
    """Serve in this process, and ``announce`` it; requests under way are given two seconds at the end."""
    config = uvicorn.Config(
        build_app(settings, server), host=settings.host, port=settings.port, log_config=None, access_log=False,
        timeout_graceful_shutdown=2, forwarded_allow_ips=settings.proxy, server_header=False,
    )  # fmt: skip
    # Records make no cycles: what lives as long as the server is left alone, and the rest looked through seldom
    # (a full look took 30 ms out of a push of 500 edits).
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    Serving(config, server.hub, announce).run([listening(settings)])


def listening(settings: Settings) -> socket:
    """Return the socket to serve on. Raises ``ClickException`` where its port is taken or not to be had."""
    family = AF_INET6 if ":" in settings.host else AF_INET
    try:
        return create_server((settings.host, settings.port), family=family)
    except OSError as error:
        raise click.ClickException(
            f"port {settings.port} of {settings.host} cannot be served ({error.strerror or error}): another Onthaal may"
            f" run there. Stop it, or choose another port: ONTHAAL_PORT={settings.port + 1} make run"
        ) from error


async def make_organisation(
    server: Server, name: str, coordinator: str, email: str, password: str, *, member: str = ""
) -> tuple[str, str]:
    """Return the ids of a new organisation and its first coordinator."""
    now, made, first = now_ms(), new_id(), member or new_id()
    hashed = await hash_password(password)
    person = sql.Member(made, first, coordinator, "coordinator", None, email.strip().lower(), True)
    async with server.store.writing() as tx:
        await sql.add_organisation(tx, made, name, now_ms=now)
        await sql.add_member(tx, person, hashed, is_short=is_short(password), now_ms=now)
    await server.write_member(made, first, first, {"display_name": coordinator, "role": "coordinator", "active": True})
    server.n += 1
    edit = Edit(server.author, server.n, from_ms(now), "organisation", made, {"name": name})
    await server.write_as(made, first, "coordinator", "", [edit])
    return made, first


async def make_invitation(server: Server, member: str, *, host: str = "", valid_ms: int = 600_000) -> str:
    """Return a one-time link: it opens a coordinator's desk, or enrols a tablet."""
    code = new_token()
    async with server.store.writing() as tx:
        for organisation, _ in await sql.organisations(tx):
            found = await sql.member(tx, organisation, member)
            if found:
                # Nobody compares words: whoever has the server's shell could add any tablet (decision 0024).
                await enrolment.add_invitation(
                    tx, hash_token(code), organisation, member, made_by="", asks_words=False,
                    expires_at=now_ms() + valid_ms,
                )  # fmt: skip
                may_pin = await enrolment.accepted(tx, organisation, PIN_ALONE) is not None
                if found.role == "coordinator":
                    return f"{host or server.settings.public_url}/desk#in={code}"
                return link_of(host or server.settings.public_url, code, may_pin=may_pin)
    raise click.ClickException("there is no such member")


async def reset_account(server: Server, email: str, password: str) -> None:
    """Leave an account with this password alone. Raises ``ClickException``."""
    now, hashed = now_ms(), await hash_password(password)
    async with server.store.writing() as tx:
        account = await accounts.by_email(tx, email.strip().lower())
        if account is None:
            raise click.ClickException("there is no such account")
        who = account.member
        await accounts.set_password(tx, who, hashed, is_short=is_short(password))
        await accounts.forget_factors(tx, who)
        await accounts.end_others(tx, who.organisation, who.id, but="", now_ms=now)
        await audit.add(tx, who.organisation, audit.Line("server", "account_reset", who.id), now_ms=now)


async def broken_trails(store: Store) -> list[str]:
    """Return a line for every audit trail whose chain does not hold."""
    found = []
    async with store.reading() as tx:
        for organisation in await audit.organisations(tx):
            checked = await audit.check(tx, organisation)
            if checked.broken is not None:
                found.append(f"{organisation or 'nobody'}: the audit trail is broken at row {checked.broken}")
    return found
