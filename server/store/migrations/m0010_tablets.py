"""Step 10: on which tablet a vault is: a number that the tablet makes up, the same for all its vaults; '' where it never said."""

STATEMENTS = (
    "ALTER TABLE enrolment ADD COLUMN tablet TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE device ADD COLUMN tablet TEXT NOT NULL DEFAULT ''",
)
