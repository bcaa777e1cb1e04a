"""The codes of the demo's coordinator, which a telephone would show: printed, since nobody has that telephone."""

import click
from msgspec import Struct

from server.app import Server
from server.clock import new_bytes, now_ms
from server.people.codes import SECRET_BYTES, code_at, secret_of, step_at
from server.store import accounts
from server.store import people as sql


class Owner(Struct, frozen=True):
    """Whose codes they are."""

    organisation: str
    member: str


async def set_codes_up(server: Server, owner: Owner) -> str:
    """Return the secret of new codes, which are asked for from now on. Raises ``ClickException``."""
    secret = secret_of(new_bytes(SECRET_BYTES))
    async with server.store.writing() as tx:
        member = await sql.member(tx, owner.organisation, owner.member)
        if member is None:
            raise click.ClickException("the demo's coordinator is gone")
        await accounts.confirm_code(tx, member, secret, 0, now_ms=now_ms())
    return secret


def in_words(secret: str) -> str:
    """Return a line with the code of now and the next one; '' where there are none."""
    if not secret:
        return ""
    now, after = (code_at(secret, step_at(now_ms()) + later) for later in (0, 1))
    return (
        f"                  code {now}, and from the next half minute {after}; later: `make code`. Each works once.\n"
    )
