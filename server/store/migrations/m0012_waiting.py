"""Step 12: promises that were moved, or not met, and wait for another day (1); they remind of nothing and are late in the digest.

They had no task so far: the desks' streams are read again.
"""

STATEMENTS = (
    "ALTER TABLE reminder_task ADD COLUMN waits BIGINT NOT NULL DEFAULT 0",
    "UPDATE reminder_cursor SET position = 0 WHERE stream IN (SELECT id FROM stream WHERE name LIKE 'event:%/desk')",
)
