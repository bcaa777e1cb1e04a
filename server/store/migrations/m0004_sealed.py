"""Step 4: the members' keys, by which a sealed edit is known to be theirs; boxes that could not be opened; couriers' tokens."""

STATEMENTS = (
    # P-256, 65 bytes; the private half is in the member's vault on that device.
    """CREATE TABLE member_key (organisation TEXT NOT NULL, member TEXT NOT NULL, device TEXT NOT NULL,
        public {blob} NOT NULL, made_at BIGINT NOT NULL, PRIMARY KEY (organisation, member, device))""",
    # No edits yet: nobody knows whose, and their numbers stay free. member, device: who carried it here.
    """CREATE TABLE box (id {serial}, organisation TEXT NOT NULL, a TEXT NOT NULL, n BIGINT NOT NULL,
        record TEXT NOT NULL, event TEXT NOT NULL, key TEXT NOT NULL, box TEXT NOT NULL, hash TEXT NOT NULL,
        member TEXT NOT NULL, device TEXT NOT NULL, why TEXT NOT NULL, correction_ms BIGINT NOT NULL,
        received_at BIGINT NOT NULL)""",
    "CREATE UNIQUE INDEX box_hash ON box (hash, organisation)",
    "CREATE INDEX box_record ON box (record, organisation)",
    # What lies in clear on a tablet beside a locked vault: it brings sealed edits and reads nothing.
    "ALTER TABLE device ADD COLUMN courier_hash TEXT",
    "CREATE UNIQUE INDEX device_courier ON device (courier_hash)",
)
