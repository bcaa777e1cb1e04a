"""Passkeys: discoverable, with user verification, checked by py_webauthn. Pure: challenges and time come from outside.

    options ──→ navigator.credentials ──→ Attested (made here) or Asserted (signed in) ──→ checked

The app sends the fields it needs and not `credential.toJSON()`, which may hold secrets of extensions (security design, fact 4).
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

import webauthn
from msgspec import Meta, Struct
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from server.store.accounts import Passkey

CHALLENGE_MS = 5 * 60_000
Base64Url = Annotated[str, Meta(min_length=1, max_length=8000, pattern="^[A-Za-z0-9_-]+$")]
Options = dict[str, object]
# What the library lets through from the parsers below it, on bytes that are none of an authenticator.
_NOT_VALID = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
              RecursionError)  # fmt: skip


class Site(Struct, frozen=True):
    """Whose passkeys: the host, and the only origin that may ask for them."""

    host: str
    origin: str


class Attested(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey that was just made."""

    id: Base64Url
    client_data: Base64Url
    attestation: Base64Url


class Asserted(Struct, frozen=True, forbid_unknown_fields=True):
    """A challenge signed by a passkey."""

    id: Base64Url
    client_data: Base64Url
    authenticator_data: Base64Url
    signature: Base64Url
    user_handle: Base64Url


class Invalid(Exception):
    """The passkey's answer does not hold."""


def site_of(public_url: str) -> Site:
    """Return whose passkeys a server at this address takes."""
    parts = urlsplit(public_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def options_to_make(site: Site, member: str, name: str, challenge: str, known: Iterable[str]) -> Options:
    """Return what the browser needs to make a passkey."""
    return _as_json(
        webauthn.generate_registration_options(
            rp_id=site.host, rp_name="Onthaal", user_name=name, user_display_name=name, user_id=member.encode(),
            challenge=to_bytes(challenge), timeout=CHALLENGE_MS,
            exclude_credentials=[PublicKeyCredentialDescriptor(id=to_bytes(one)) for one in known],
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
        )
    )  # fmt: skip


def options_to_sign(site: Site, challenge: str, known: Iterable[str] = ()) -> Options:
    """Return what the browser needs to ask for a passkey: any it has for us, or one of some."""
    return _as_json(
        webauthn.generate_authentication_options(
            rp_id=site.host, challenge=to_bytes(challenge), timeout=CHALLENGE_MS,
            allow_credentials=[PublicKeyCredentialDescriptor(id=to_bytes(one)) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )  # fmt: skip


def _as_json(options: PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions) -> Options:
    ready: Options = json.loads(webauthn.options_to_json(options))
    return ready


def challenge_in(client_data: str) -> str:
    """Return the challenge that was answered. Raises ``Invalid``."""
    try:
        said = json.loads(to_bytes(client_data))["challenge"]
        return _to_text(to_bytes(said))
    except _NOT_VALID as error:
        raise Invalid(str(error)) from None


def made(answer: Attested, *, site: Site, challenge: str) -> tuple[str, bytes, int]:
    """Return id, public key and count of a new passkey. Raises ``Invalid``."""
    response = {"clientDataJSON": answer.client_data, "attestationObject": answer.attestation}
    try:
        checked = webauthn.verify_registration_response(
            credential=_credential(answer.id, response), expected_challenge=to_bytes(challenge),
            expected_rp_id=site.host, expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
    except _NOT_VALID as error:
        raise Invalid(str(error)) from None
    return _to_text(checked.credential_id), checked.credential_public_key, checked.sign_count


def signed(answer: Asserted, passkey: Passkey, *, site: Site, challenge: str) -> int:
    """Return the passkey's new count. Raises ``Invalid``."""
    response = {
        "clientDataJSON": answer.client_data, "authenticatorData": answer.authenticator_data,
        "signature": answer.signature, "userHandle": answer.user_handle,
    }  # fmt: skip
    try:
        if to_bytes(answer.user_handle).decode() != passkey.member:
            raise Invalid("the passkey is somebody else's")
        checked = webauthn.verify_authentication_response(
            credential=_credential(answer.id, response), expected_challenge=to_bytes(challenge),
            expected_rp_id=site.host, expected_origin=site.origin, credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except _NOT_VALID as error:
        raise Invalid(str(error)) from None
    return checked.new_sign_count


def _credential(id: str, response: dict[str, str]) -> dict[str, object]:
    return {"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}}


def to_bytes(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _to_text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
