"""Contact data that its person took back (decision 0033).  Twin: pwa/src/device/withdrawn.ts."""

from sync.edits import Record

REACH = ("channel", "value", "call_me", "safe_rules")


def says_nothing(record: Record) -> bool:
    """Return whether every word of how to reach somebody was taken back: all that is live of it is nothing.

    What was never said is not taken back: a contact without a number says that its person comes by.
    """
    if record.kind != "contact":
        return False
    live = [record.live.get(name, ()) for name in REACH]
    return all(versions and all(one.value is None for one in versions) for versions in live)
