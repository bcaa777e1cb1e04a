"""Step 9: what was typed as a reason lies sealed, in base64. root: under whose key; '' where it is still in clear.

What was stored before is sealed at the next start (server/store/unlocking.py): SQL cannot.
"""

STATEMENTS = ("ALTER TABLE audit_reason ADD COLUMN root TEXT NOT NULL DEFAULT ''",)
