"""Step 13: an entry is a stream, a place and a position, three numbers; what left a stream lies in a table of its own.

    entry  there: by the record's place          gone  left: by its id, with why

Entries were found by the record's id, and their pages were a quarter of what a commit of 500 edits wrote (decision 0043).
"""

STATEMENTS = (
    "ALTER TABLE entry RENAME TO entry_12",
    "DROP INDEX entry_position",
    """CREATE TABLE gone (stream BIGINT NOT NULL, record TEXT NOT NULL, position BIGINT NOT NULL, why TEXT NOT NULL,
        PRIMARY KEY (stream, record)){tail}""",
    "CREATE INDEX gone_position ON gone (stream, position)",
    """INSERT INTO gone SELECT stream, record, position, COALESCE(gone, 'moved') FROM entry_12
        WHERE place IS NULL OR gone IS NOT NULL""",
    """CREATE TABLE entry (stream BIGINT NOT NULL, place BIGINT NOT NULL, position BIGINT NOT NULL,
        PRIMARY KEY (stream, place)){tail}""",
    "INSERT INTO entry SELECT stream, place, position FROM entry_12 WHERE place IS NOT NULL AND gone IS NULL",
    "DROP TABLE entry_12",
    "CREATE INDEX entry_position ON entry (stream, position, place)",
)
