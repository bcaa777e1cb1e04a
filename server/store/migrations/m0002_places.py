"""Step 2: records get a place, a number by which entries find them; their bytes are two strings instead of three.

An entry's organisation was its stream's, and its index now holds all that a page asks of it. The indexes of links and
history carry what they are searched by, no more.
"""

RECORD = "organisation, id, kind, event, born_e, born_a, born_n"

STATEMENTS = (
    "ALTER TABLE record RENAME TO record_1",
    "DROP INDEX record_event",
    "DROP INDEX record_kind",
    # coded, private and "]}" joined are the record as it travels; streams is its audience as last judged.
    """CREATE TABLE record (place {serial}, organisation TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
        event TEXT NOT NULL, born_e TEXT NOT NULL, born_a TEXT NOT NULL, born_n BIGINT NOT NULL,
        coded {blob} NOT NULL, private {blob} NOT NULL, digest TEXT NOT NULL, streams TEXT NOT NULL)""",
    f"""INSERT INTO record ({RECORD}, coded, private, digest, streams)
        SELECT {RECORD}, CAST(head || coded || CASE WHEN length(coded) > 0 AND length(private) > 0
            THEN CAST(',' AS {{blob}}) ELSE CAST('' AS {{blob}}) END AS {{blob}}), private, digest, streams
        FROM record_1 ORDER BY organisation, id""",
    "DROP TABLE record_1",
    "CREATE UNIQUE INDEX record_id ON record (organisation, id)",
    "CREATE INDEX record_event ON record (organisation) WHERE kind = 'event'",
    "CREATE INDEX record_kind ON record (kind, event, organisation)",
    "ALTER TABLE entry RENAME TO entry_1",
    "DROP INDEX entry_position",
    # place: of the record as long as it is in the stream; NULL where it is gone.
    """CREATE TABLE entry (stream BIGINT NOT NULL, record TEXT NOT NULL, position BIGINT NOT NULL, gone TEXT, place BIGINT,
        PRIMARY KEY (stream, record)){tail}""",
    """INSERT INTO entry SELECT e.stream, e.record, e.position, e.gone, r.place FROM entry_1 e
        LEFT JOIN record r ON r.organisation = e.organisation AND r.id = e.record AND e.gone IS NULL""",
    "DROP TABLE entry_1",
    "CREATE INDEX entry_position ON entry (stream, position, place, gone)",
    "DROP INDEX edit_record",
    "CREATE INDEX edit_record ON edit (record)",
    "DROP INDEX link_source",
    "CREATE INDEX link_source ON link (source)",
)
