"""python -m server: serve · migrate · organisation · invite · check · new-epoch · rotate-transport-key · demo."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from server.acts import make_invitation, make_organisation, run
from server.app import Server, set_up_logs
from server.clock import now_ms
from server.exchange.check import differences
from server.people.passwords import LENGTH_MIN
from server.settings import BadSettings, Settings, read_settings
from server.store.migrations import migrate

_Done = TypeVar("_Done")


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Onthaal's server."""
    try:
        context.obj = read_settings(os.environ)
    except BadSettings as error:
        raise click.ClickException(str(error)) from None


@main.command()
@click.pass_obj
def serve(settings: Settings) -> None:
    """Serve the app and the sync until stopped."""
    set_up_logs()
    run(settings, Server(settings))


@main.command(name="migrate")
@click.pass_obj
def migrate_command(settings: Settings) -> None:
    """Bring the database up to date."""
    taken = _with_store(settings, lambda server: migrate(server.store))
    click.echo(f"steps taken: {taken or 'none'}")


@main.command()
@click.option("--name", required=True)
@click.option("--coordinator", required=True, help="display name")
@click.option("--email", required=True)
@click.password_option()
@click.pass_obj
def organisation(settings: Settings, name: str, coordinator: str, email: str, password: str) -> None:
    """Make an organisation with its first coordinator; print both ids."""
    if len(password) < LENGTH_MIN:
        raise click.ClickException(f"a password has at least {LENGTH_MIN} characters")

    async def go() -> tuple[str, str]:
        server = Server(settings)
        await server.start()
        try:
            return await make_organisation(server, name, coordinator, email, password)
        finally:
            await server.stop()

    click.echo(" ".join(asyncio.run(go())))


@main.command()
@click.option("--member", required=True, help="a member's id")
@click.pass_obj
def invite(settings: Settings, member: str) -> None:
    """Print a one-time link for a member's tablet."""
    click.echo(_with_store(settings, lambda server: make_invitation(server, member)))


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Recompute every stream's digest and say where it differs."""
    found = _with_store(settings, lambda server: differences(server.store))
    click.echo("\n".join(found) if found else "every digest agrees")
    raise SystemExit(1 if found else 0)


@main.command(name="new-epoch")
@click.pass_obj
def new_epoch(settings: Settings) -> None:
    """Give the numbering up, after a restore or a promotion; stop the server before. Devices offer again what they sent."""
    click.echo(_with_store(settings, Server.give_new_epoch))


@main.command(name="rotate-transport-key")
@click.pass_obj
def rotate_transport_key(settings: Settings) -> None:
    """Announce another key for sealed edits, now; the one before opens for 30 days more. The server may run."""
    keys = Server(settings).transport
    click.echo(keys.rotate(now_ms=now_ms()))
    for old in keys.sweep(now_ms=now_ms()):
        click.echo(f"deleted: {old}")


@main.command()
@click.option(
    "--day", type=click.Path(exists=True, path_type=Path), help="replay this day and compare with its `expected`"
)
@click.option("--serve", "serving", is_flag=True, help="seed the demo organisation once, then serve it and print links")
@click.pass_obj
def demo(settings: Settings, day: Path | None, serving: bool) -> None:
    """Play a day through the real protocol."""
    from server.demo.replay import replay
    from server.demo.seed import serve_demo

    set_up_logs()
    if day:
        raise SystemExit(asyncio.run(replay(day)))
    if serving:
        serve_demo(settings)


def _with_store(settings: Settings, act: Callable[[Server], Awaitable[_Done]]) -> _Done:
    """Return what an act on the database brings; nothing is served meanwhile, and the database is closed after it."""

    async def go() -> _Done:
        server = Server(settings)
        await server.store.open()
        try:
            return await act(server)
        finally:
            await server.store.close()

    return asyncio.run(go())


if __name__ == "__main__":
    main()
