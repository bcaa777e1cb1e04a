"""Codes of six digits that change every 30 s (RFC 6238), and recovery codes for when the telephone is gone. Pure.

A code is good once: ``accepted_step`` only returns a period later than the one accepted before.
"""

import base64
import hmac
from hashlib import sha256

import pyotp

STEP_S = 30
DRIFT_STEPS = 1  # a telephone's clock may be half a minute off
RECOVERY_CODES = 10
SECRET_BYTES = 20  # RFC 4226, section 4: 160 bits
RECOVERY_BYTES = 10


def secret_of(chance: bytes) -> str:
    """Return a secret as people may have to type it: base32."""
    return base64.b32encode(chance[:SECRET_BYTES]).decode()


def step_at(now_ms: int) -> int:
    """Return the number of the period of 30 s."""
    return now_ms // (STEP_S * 1000)


def code_at(secret: str, step: int) -> str:
    """Return the code of a period."""
    return pyotp.HOTP(secret).at(step)


def accepted_step(secret: str, code: str, *, last: int, now_ms: int) -> int | None:
    """Return the period of a code that is good now and later than the last accepted one."""
    now = step_at(now_ms)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if step > last and hmac.compare_digest(code_at(secret, step), code):
            return step
    return None


def link_of(secret: str, name: str) -> str:
    """Return the link that an authenticator app takes from a QR."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Onthaal")


def recovery_code_of(chance: bytes) -> str:
    """Return a recovery code: 16 letters and digits in fours."""
    text = base64.b32encode(chance[:RECOVERY_BYTES]).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def recovery_hash(member: str, code: str) -> str:
    """Return what is stored of a recovery code; 80 bits of chance need no slow hash."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return sha256(f"{member} {plain}".encode()).hexdigest()


def is_six_digits(code: str) -> bool:
    """Return whether something typed is a code and not a recovery code."""
    return len(code) == 6 and code.isascii() and code.isdigit()
