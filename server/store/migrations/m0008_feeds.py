"""Step 8: on which day (days since 1970, UTC) a calendar feed was last read; 0: never."""

STATEMENTS = ("ALTER TABLE calendar_feed ADD COLUMN read_on BIGINT NOT NULL DEFAULT 0",)
