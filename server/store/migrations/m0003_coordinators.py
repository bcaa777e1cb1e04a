"""Step 3: coordinators' second factors and fresh verification, limits that outlive the process, the chained audit trail.

The lines of step 1's `audit` are carried over in their order; what was typed as a reason moves to `audit_reason`.
"""

from server.store import audit
from server.store.engine import Tx

STATEMENTS = (
    # A short password counts only with a second factor.
    "ALTER TABLE member ADD COLUMN password_short BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE device ADD COLUMN verified_at BIGINT NOT NULL DEFAULT 0",
    # 1: this session may do nothing but set up a second factor.
    "ALTER TABLE device ADD COLUMN unready BIGINT NOT NULL DEFAULT 0",
    """CREATE TABLE passkey (id TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL,
        public_key {blob} NOT NULL, sign_count BIGINT NOT NULL, label TEXT NOT NULL, made_at BIGINT NOT NULL,
        used_at BIGINT)""",
    "CREATE INDEX passkey_member ON passkey (member, organisation)",
    # step: the latest period of 30 s whose code was accepted; codes are good once.
    """CREATE TABLE code (organisation TEXT NOT NULL, member TEXT NOT NULL, secret TEXT NOT NULL, confirmed_at BIGINT,
        step BIGINT NOT NULL, PRIMARY KEY (organisation, member))""",
    """CREATE TABLE recovery (code_hash TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL,
        used_at BIGINT)""",
    "CREATE INDEX recovery_member ON recovery (member, organisation)",
    """CREATE TABLE challenge (hash TEXT PRIMARY KEY, purpose TEXT NOT NULL, device TEXT NOT NULL,
        expires_at BIGINT NOT NULL)""",
    """CREATE TABLE rate (name TEXT PRIMARY KEY, ends_at BIGINT NOT NULL, count BIGINT NOT NULL)""",
    "ALTER TABLE audit RENAME TO audit_before",
    # hash: over the hash before and everything else in the row. The head is locked to add one.
    """CREATE TABLE audit (organisation TEXT NOT NULL, number BIGINT NOT NULL, at BIGINT NOT NULL, member TEXT NOT NULL,
        what TEXT NOT NULL, about TEXT NOT NULL, detail TEXT NOT NULL, reason_hash TEXT NOT NULL, hash TEXT NOT NULL,
        PRIMARY KEY (organisation, number))""",
    """CREATE TABLE audit_head (organisation TEXT PRIMARY KEY, number BIGINT NOT NULL, hash TEXT NOT NULL)""",
    # Apart, so that an erasure can take the words away and the chain still holds.
    """CREATE TABLE audit_reason (organisation TEXT NOT NULL, number BIGINT NOT NULL, about TEXT NOT NULL,
        salt TEXT NOT NULL, words TEXT NOT NULL, PRIMARY KEY (organisation, number))""",
    "CREATE INDEX audit_reason_about ON audit_reason (about, organisation)",
)


async def carry(tx: Tx) -> None:
    """Chain the lines there were, then drop the table they came from."""
    rows = await tx.fetch("SELECT organisation, at, member, what, about, reason FROM audit_before ORDER BY id")
    for organisation, at, member, what, about, reason in rows:
        words, detail = (reason, "") if what == "contact_read" else ("", reason)
        line = audit.Line(member, what, about, detail.removeprefix("parked "))
        number, salt = await audit.chain(tx, organisation, line, words, now_ms=at)
        if words:
            await tx.run(
                "INSERT INTO audit_reason VALUES (?, ?, ?, ?, ?)", organisation, number, line.about, salt, words
            )
    await tx.run("DROP TABLE audit_before")
