"""What the routes of people answer with, and what several of them take."""

from typing import Annotated

from msgspec import Meta, Struct

from server.store.people import Device, Member
from sync.sealed import TransportKey

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Token = Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{43}$")]  # 256 bits in base64url


class Me(Struct, frozen=True):
    """Who is signed in on this device. ``unready``: nothing goes before a second factor is set up."""

    member: str
    display_name: str
    role: str
    service: str | None
    organisation: str
    device: str
    transport: TransportKey  # what edits are sealed to
    unready: bool = False


class Made(Struct, frozen=True):
    id: str


class Done(Struct, frozen=True):
    done: bool = True


def me_of(device: Device, transport: TransportKey) -> Me:
    """Return what a device is told about itself."""
    return Me(
        device.member, device.display_name, device.role, device.service, device.organisation, device.id, transport,
        device.unready,
    )  # fmt: skip


def me(member: Member, device: str, transport: TransportKey, *, unready: bool = False) -> Me:
    """Return what a new device is told about itself."""
    return Me(
        member.id, member.display_name, member.role, member.service, member.organisation, device, transport, unready
    )
