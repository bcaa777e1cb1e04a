"""Step 6: tablets that wait until a coordinator compared four words; notices; what an organisation accepted in writing."""

STATEMENTS = (
    # '' where it was made on the server itself. asks_words: a tablet that takes it waits for a coordinator.
    "ALTER TABLE invitation ADD COLUMN made_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE invitation ADD COLUMN asks_words BIGINT NOT NULL DEFAULT 1",
    # A tablet that took a code; its id becomes its device's. state: waiting, confirmed, refused, stopped or late.
    """CREATE TABLE enrolment (id TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL,
        code_hash TEXT NOT NULL, label TEXT NOT NULL, language TEXT NOT NULL, tier TEXT NOT NULL, public {blob} NOT NULL,
        token_hash TEXT NOT NULL, courier_hash TEXT NOT NULL, taken_at BIGINT NOT NULL, expires_at BIGINT NOT NULL,
        state TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX enrolment_code ON enrolment (code_hash)",
    "CREATE UNIQUE INDEX enrolment_courier ON enrolment (courier_hash)",
    "CREATE INDEX enrolment_waiting ON enrolment (organisation) WHERE state = 'waiting'",
    # What every coordinator is to see of a link: once for each link and kind, with how often.
    """CREATE TABLE notice (id TEXT PRIMARY KEY, organisation TEXT NOT NULL, what TEXT NOT NULL, member TEXT NOT NULL,
        made_by TEXT NOT NULL, code_hash TEXT NOT NULL, at BIGINT NOT NULL, times BIGINT NOT NULL)""",
    "CREATE UNIQUE INDEX notice_code ON notice (code_hash, what)",
    "CREATE INDEX notice_organisation ON notice (organisation, at)",
    """CREATE TABLE notice_seen (notice TEXT NOT NULL, member TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (notice, member))""",
    # The words of an acceptance stand in the audit trail.
    """CREATE TABLE acceptance (organisation TEXT NOT NULL, what TEXT NOT NULL, member TEXT NOT NULL, at BIGINT NOT NULL,
        PRIMARY KEY (organisation, what))""",
    # How its vault is unlocked, '' where it never said; whether its browser promised to keep what lies there.
    "ALTER TABLE device ADD COLUMN tier TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE device ADD COLUMN persisted BIGINT",
)
