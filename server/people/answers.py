"""What the routes of people answer with, and what several of them take."""

from typing import Annotated

from msgspec import Meta, Struct

from server.store.people import Device, Member

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class Me(Struct, frozen=True):
    """Who is signed in on this device. ``unready``: nothing goes before a second factor is set up."""

    member: str
    display_name: str
    role: str
    service: str | None
    organisation: str
    device: str
    unready: bool = False


class Made(Struct, frozen=True):
    id: str


class Done(Struct, frozen=True):
    done: bool = True


def me_of(device: Device) -> Me:
    """Return what a device is told about itself."""
    return Me(
        device.member, device.display_name, device.role, device.service, device.organisation, device.id, device.unready
    )


def me(member: Member, device: str, *, unready: bool = False) -> Me:
    """Return what a new device is told about itself."""
    return Me(member.id, member.display_name, member.role, member.service, member.organisation, device, unready)
