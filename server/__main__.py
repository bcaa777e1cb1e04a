"""python -m server COMMAND: serve, migrate, organisation, invite, check, backup, restore, keys, demo; docs/operations.md."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from server.acts import broken_trails, make_invitation, make_organisation, reset_account, run
from server.app import Server, set_up_logs
from server.clock import new_id, now_ms
from server.epoch import give_epoch
from server.exchange.check import differences
from server.people.passwords import LENGTH_ALONE, LENGTH_WITH_CODE, is_weak
from server.settings import BadSettings, Settings, read_settings
from server.store.backup import BadBackup, back_up, restore
from server.store.keyfile import NoKey, read_key
from server.store.migrations import migrate, pending
from server.store.pushes import keys_in_use
from server.store.unlocking import drop_old_keys, renew_key, unlock

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
    _with_store(settings, _nothing)  # a key file that does not fit is said in words, before anything is served
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
    """Make an organisation with its first coordinator; print both ids.

    With fewer than 15 characters the first sign-in sets up a second factor.
    """
    _check_password(password, email)

    async def go() -> tuple[str, str]:
        server = Server(settings)
        await server.start()
        try:
            return await make_organisation(server, name, coordinator, email, password)
        finally:
            await server.stop()

    click.echo(" ".join(asyncio.run(go())))


def _check_password(password: str, email: str) -> None:
    if is_weak(password, has_code=True, email=email):
        raise click.ClickException(
            f"a password has at least {LENGTH_WITH_CODE} characters ({LENGTH_ALONE} without a second factor), and is"
            " none that is tried first"
        )


@main.command(name="let-in")
@click.option("--email", required=True)
@click.password_option()
@click.pass_obj
def let_in(settings: Settings, email: str, password: str) -> None:
    """Give an account another password; its passkeys, codes and sessions end. For who has lost them all."""
    _check_password(password, email)
    _with_store(settings, lambda server: reset_account(server, email, password))


@main.command()
@click.option("--member", required=True, help="a member's id")
@click.pass_obj
def invite(settings: Settings, member: str) -> None:
    """Print a one-time link: for a member's tablet, or for a coordinator's desk."""
    click.echo(_with_store(settings, lambda server: make_invitation(server, member)))


@main.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Recompute every stream's digest and the chain of the audit trail, and say where they differ."""

    async def look(server: Server) -> list[str]:
        async with server.store.reading() as tx:
            if steps := await pending(tx):
                raise click.ClickException(f"the database lacks the steps {steps}: start the server, or run `migrate`")
        return [*await differences(server.store), *await broken_trails(server.store)]

    found = _with_store(settings, look)
    click.echo("\n".join(found) if found else "every digest agrees, every audit trail holds")
    raise SystemExit(1 if found else 0)


@main.command(name="new-epoch")
@click.pass_obj
def new_epoch(settings: Settings) -> None:
    """Give the numbering up, after a restore or a promotion: devices offer again what they sent. The server may run."""
    click.echo(_with_store(settings, lambda server: give_epoch(server.store, server.outside, fresh=new_id()[-12:])))


@main.command(name="rotate-transport-key")
@click.pass_obj
def rotate_transport_key(settings: Settings) -> None:
    """Announce another key for sealed edits, now; the one before opens for 30 days more. The server may run."""
    keys = Server(settings).transport
    click.echo(keys.rotate(now_ms=now_ms()))
    for old in keys.sweep(now_ms=now_ms()):
        click.echo(f"deleted: {old}")


@main.command(name="rotate-push-key")
@click.pass_obj
def rotate_push_key(settings: Settings) -> None:
    """Make another key that browsers subscribe with; the one before signs on for who has it. The server may run."""

    async def rotate(server: Server) -> list[str]:
        async with server.store.reading() as tx:
            used = await keys_in_use(tx)
        return server.reminders.keys.rotate(in_use=used)

    for old in _with_store(settings, rotate):
        click.echo(f"dropped: {old}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(settings: Settings, file: Path) -> None:
    """Write the database and the state beside it into one sealed file; the key file is not in it."""

    async def write(server: Server) -> int:
        part = file.with_suffix(f"{file.suffix}.part")
        with part.open("wb") as target:
            count = await back_up(server.store, read_key(settings.key_path), Path(settings.state_dir), target)
            os.fsync(target.fileno())
        part.replace(file)
        return count

    click.echo(
        f"{_with_store(settings, write)} rows in {file}. Keep {settings.key_path} elsewhere: nothing is readable without it."
    )


@main.command(name="restore")
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False))
@click.pass_obj
def restore_command(settings: Settings, file: Path) -> None:
    """Read a backup into an empty database; start the server after it."""

    async def read(server: Server) -> int:
        with file.open("rb") as source:
            return await restore(server.store, read_key(settings.key_path), Path(settings.state_dir), source)

    click.echo(f"{_with_store(settings, read)} rows restored. Devices start anew, and offer again what they sent.")


@main.command(name="rotate-key")
@click.option(
    "--drop-old", is_flag=True, help="once every process was started anew: older backups cannot be read after it"
)
@click.pass_obj
def rotate_key(settings: Settings, drop_old: bool) -> None:
    """Renew the master key of what lies sealed in the database; start the server anew after it."""
    if drop_old:
        old = _with_store(settings, lambda server: drop_old_keys(server.store, settings.key_path))
        click.echo(f"dropped: {' '.join(old) or 'none, all are in use'}")
        return
    try:
        renew_key(settings.key_path)
    except NoKey as error:
        raise click.ClickException(str(error)) from None
    click.echo("The key file has a fresh key. Start every process of the server anew, then: rotate-key --drop-old")


@main.command()
@click.option(
    "--day", type=click.Path(exists=True, path_type=Path), help="replay this day and compare with its `expected`"
)
@click.option("--serve", "serving", is_flag=True, help="seed the demo organisation once, then serve it and print links")
@click.option("--with-code", is_flag=True, help="the demo's coordinator also needs a code; it is printed")
@click.option("--code", "saying", is_flag=True, help="print the code of now")
@click.pass_obj
def demo(settings: Settings, day: Path | None, serving: bool, with_code: bool, saying: bool) -> None:
    """Play a day through the real protocol."""
    from server.demo.replay import replay
    from server.demo.seed import say_code, serve_demo

    set_up_logs(level=logging.WARNING if day else logging.INFO)  # a day has some thousand calls
    if day:
        raise SystemExit(asyncio.run(replay(day)))
    if serving:
        serve_demo(settings, with_code=with_code)
    if saying:
        say_code(settings)


async def _nothing(server: Server) -> None:
    """Do nothing with an open database."""


def _with_store(settings: Settings, act: Callable[[Server], Awaitable[_Done]]) -> _Done:
    """Return what an act on the database brings; nothing is served meanwhile, and the database is closed after it."""

    async def go() -> _Done:
        server = Server(settings)
        await server.store.open()
        try:
            await unlock(server.store, settings.key_path)
            return await act(server)
        finally:
            await server.store.close()

    try:
        return asyncio.run(go())
    except (NoKey, BadBackup) as error:
        raise click.ClickException(str(error)) from None


if __name__ == "__main__":
    main()
