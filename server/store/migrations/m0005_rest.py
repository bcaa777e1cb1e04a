"""Step 5: private parts and edits lie sealed (keys.py). root: under whose key; '' where it is still in clear, or empty.

What was stored before is sealed at the next start (server/store/sealing.py): SQL cannot.
"""

STATEMENTS = (
    """CREATE TABLE card_key (organisation TEXT NOT NULL, root TEXT NOT NULL, master TEXT NOT NULL, wrapped {blob} NOT NULL,
        PRIMARY KEY (organisation, root))""",
    "ALTER TABLE record ADD COLUMN root TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE edit ADD COLUMN root TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE clone ADD COLUMN root TEXT NOT NULL DEFAULT ''",
)
