"""By what somebody proves to be there: a passkey, a code, a recovery code. Each is used up inside a transaction."""

from hashlib import sha256

from server.clock import new_bytes, new_token
from server.errors import Refusal
from server.people import codes
from server.people.passkeys import (
    CHALLENGE_MS,
    Asserted,
    Attested,
    Invalid,
    Options,
    Site,
    challenge_in,
    made,
    options_to_make,
    options_to_sign,
    signed,
)
from server.store import accounts as sql
from server.store.accounts import Account, Passkey
from server.store.engine import Tx
from server.store.people import Device, Member


async def use_code(tx: Tx, account: Account, code: str, *, now_ms: int) -> str:
    """Use a code or a recovery code of a locked account; return "code" or "recovery", '' where it is none."""
    if account.secret and codes.is_six_digits(code):
        step = codes.accepted_step(account.secret, code, last=account.step, now_ms=now_ms)
        if step is None:
            return ""
        await sql.use_step(tx, account.member, step)
        return "code"
    hash = codes.recovery_hash(account.member.id, code)
    return "recovery" if await sql.use_recovery(tx, account.member, hash, now_ms=now_ms) else ""


async def new_recovery_codes(tx: Tx, member: Member) -> list[str]:
    """Return recovery codes, which replace the ones before; shown once."""
    made = [codes.recovery_code_of(new_bytes(codes.RECOVERY_BYTES)) for _ in range(codes.RECOVERY_CODES)]
    await sql.replace_recovery(tx, member, [codes.recovery_hash(member.id, code) for code in made])
    return made


async def ask_passkey(tx: Tx, site: Site, purpose: str, device: str, known: list[str], *, now_ms: int) -> Options:
    """Return what the browser needs to ask for a passkey; any of ours where none is named."""
    return options_to_sign(site, await _challenge(tx, purpose, device, now_ms=now_ms), known)


async def ask_new_passkey(tx: Tx, site: Site, device: Device, email: str, known: list[str], *, now_ms: int) -> Options:
    """Return what the browser needs to make a passkey."""
    challenge = await _challenge(tx, "make", device.id, now_ms=now_ms)
    return options_to_make(site, device.member, email, challenge, known)


async def _challenge(tx: Tx, purpose: str, device: str, *, now_ms: int) -> str:
    challenge = new_token()
    await sql.add_challenge(tx, _hash(challenge), purpose, device, expires_at=now_ms + CHALLENGE_MS)
    return challenge


async def use_passkey(
    tx: Tx, answer: Asserted, *, site: Site, purpose: str, device: str, now_ms: int
) -> Passkey | None:
    """Return the passkey that signed a challenge of ours, None where it did not."""
    try:
        challenge = challenge_in(answer.client_data)
        is_ours = await sql.use_challenge(tx, _hash(challenge), purpose, device, now_ms=now_ms)
        passkey = await sql.passkey_of(tx, answer.id)
        if not is_ours or passkey is None:
            return None
        count = signed(answer, passkey, site=site, challenge=challenge)
    except Invalid:
        return None
    await sql.use_passkey(tx, passkey.id, count, now_ms=now_ms)
    return passkey


async def keep_passkey(tx: Tx, answer: Attested, device: Device, label: str, *, site: Site, now_ms: int) -> str:
    """Store a passkey that was just made; return its id. Raises ``Refusal``."""
    try:
        challenge = challenge_in(answer.client_data)
        if not await sql.use_challenge(tx, _hash(challenge), "make", device.id, now_ms=now_ms):
            raise Refusal("wrong_passkey")
        id, public_key, count = made(answer, site=site, challenge=challenge)
    except Invalid:
        raise Refusal("wrong_passkey") from None
    if await sql.passkey_of(tx, id):
        raise Refusal("conflict")
    passkey = Passkey(id, device.organisation, device.member, public_key, count)
    await sql.add_passkey(tx, passkey, label, now_ms=now_ms)
    return id


def _hash(challenge: str) -> str:
    return sha256(challenge.encode()).hexdigest()
