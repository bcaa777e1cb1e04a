"""Who calls, for what: the caller's device where it may do what a route does. All raise ``Refusal``."""

from server.clock import now_ms
from server.errors import Refusal
from server.store.people import Device

VERIFIED_MS = 5 * 60_000  # how long somebody who proved to be there counts as there


def is_revoked(device: Device) -> bool:
    """Return whether a device, or its member, has lost its access."""
    return device.revoked_at is not None or not device.active


def signed_in(user: object) -> Device:
    """Return the caller's device, whoever it is."""
    if not isinstance(user, Device):
        raise Refusal("signed_out")
    if is_revoked(user):
        raise Refusal("revoked")
    return user


def coordinator(user: object) -> Device:
    """Return the caller's device where it is a coordinator's."""
    device = signed_in(user)
    if device.role != "coordinator":
        raise Refusal("not_allowed")
    return device


def in_session(user: object) -> Device:
    """Return the caller's session: what concerns an account is not done from a tablet."""
    device = signed_in(user)
    if not device.is_session:
        raise Refusal("not_allowed")
    return device


def verified(device: Device) -> Device:
    """Return the device where its person proved to be there within the last minutes; the app asks, and calls again."""
    if device.verified_at + VERIFIED_MS < now_ms():
        raise Refusal("verify")
    return device
