"""Vaults: a tablet of before vaults makes itself known by a member key; a tablet on which nothing is left forgets all."""

from typing import Annotated, Any

from litestar import MediaType, Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.bodies import StrictDTO
from server.callers import signed_in
from server.clock import now_ms
from server.errors import Refusal
from server.keys import member_public
from server.people.answers import Done, Me, Token, me_of
from server.people.sign_in import hash_token
from server.store import audit, sealed
from server.store import people as sql

CLEAR = {"Clear-Site-Data": '"cache", "storage"'}


class NewVault(Struct, frozen=True, forbid_unknown_fields=True):
    """A key and tokens that a tablet made and keeps already: a reply that is lost locks nobody out."""

    member_key: Annotated[str, Meta(max_length=100)]
    token: Token
    courier: Token


@post("/api/me/vault", status_code=200, dto=StrictDTO[NewVault], return_dto=None, summary="A tablet moved into a vault")
async def move_in(data: JSONBody[NewVault], request: Request[Any, Any, Any]) -> Me:
    """Register the member key of a device that has none, with the tokens it goes by from now on.

    A key is never replaced: whoever finds a token cannot become its member. The same once more changes nothing.
    """
    device, state, now = signed_in(request.user), request.app.state, now_ms()
    key, hashes = member_public(data.member_key), (hash_token(data.token), hash_token(data.courier))
    if device.is_session or key is None or hashes[0] == hashes[1]:
        raise Refusal("not_allowed" if device.is_session else "bad_value")
    async with state.store.writing() as tx:
        known = await sealed.member_key(tx, device.organisation, device.member, device.id)
        if known is None:
            if await sql.are_taken(tx, device.id, *hashes):
                raise Refusal("conflict")
            await sealed.add_member_key(tx, device.organisation, device.member, device.id, key, now_ms=now)
            await sql.give_tokens(tx, device.id, *hashes)
            await audit.add(tx, device.organisation, audit.Line(device.member, "moved_in", device.id), now_ms=now)
        elif known != key or not await sql.has_tokens(tx, device.id, *hashes):
            raise Refusal("conflict")
    return me_of(device, state.transport.current())


@post("/api/forget", status_code=200, summary="Everything of this site goes from the browser that asks")
async def forget(request: Request[Any, Any, Any]) -> Response[Done]:
    """Tell the browser to clear all it keeps of us. Asked for by a tablet on which nobody's vault is left.

    Never by an answer to one vault: others on the same tablet may hold what has not been sent.
    """
    return Response(Done(), media_type=MediaType.JSON, headers=CLEAR)


HANDLERS = (move_in, forget)
