"""Step 7: reminders. Ids, times, counts and codes alone: nothing here says a word about anybody."""

STATEMENTS = (
    # How far the reminders have read a stream.
    "CREATE TABLE reminder_cursor (stream BIGINT PRIMARY KEY, position BIGINT NOT NULL)",
    # An open follow-up for one person (server/reminders/due.py). wake_at: when to look at it next; 0 at once. No key
    # begins with the organisation: without statistics it would be taken for every question, and all its rows be read.
    """CREATE TABLE reminder_task (organisation TEXT NOT NULL, record TEXT NOT NULL, member TEXT NOT NULL,
        event TEXT NOT NULL, what TEXT NOT NULL, over_at BIGINT NOT NULL, day BIGINT NOT NULL, own TEXT NOT NULL,
        known BIGINT NOT NULL, is_given BIGINT NOT NULL, since BIGINT NOT NULL, wake_at BIGINT NOT NULL,
        PRIMARY KEY (record, member, organisation)){tail}""",
    "CREATE INDEX reminder_task_wake ON reminder_task (wake_at, organisation)",
    "CREATE INDEX reminder_task_member ON reminder_task (member, wake_at)",
    # What was set, as JSON; member '': for the whole organisation.
    """CREATE TABLE reminder_wishes (organisation TEXT NOT NULL, member TEXT NOT NULL, wishes TEXT NOT NULL,
        PRIMARY KEY (organisation, member)){tail}""",
    # The day of the latest digest, sent or found empty.
    """CREATE TABLE reminder_morning (organisation TEXT NOT NULL, member TEXT NOT NULL, day BIGINT NOT NULL,
        PRIMARY KEY (organisation, member)){tail}""",
    # Once said. until_at: after that it is not worth saying.
    """CREATE TABLE reminder (id TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL, kind TEXT NOT NULL,
        count BIGINT NOT NULL, late BIGINT NOT NULL, reviews BIGINT NOT NULL, made_at BIGINT NOT NULL,
        until_at BIGINT NOT NULL)""",
    "CREATE INDEX reminder_member ON reminder (member, made_at)",
    "CREATE INDEX reminder_made ON reminder (made_at, organisation)",
    # over_at: for which hour it was said; a follow-up that has another by now is not said any more.
    """CREATE TABLE reminder_about (reminder TEXT NOT NULL, record TEXT NOT NULL, over_at BIGINT NOT NULL,
        PRIMARY KEY (reminder, record)){tail}""",
    """CREATE TABLE push_subscription (device TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL,
        endpoint TEXT NOT NULL, p256dh TEXT NOT NULL, auth TEXT NOT NULL, push_key TEXT NOT NULL, language TEXT NOT NULL,
        made_at BIGINT NOT NULL)""",
    "CREATE INDEX push_subscription_member ON push_subscription (member, organisation)",
    # The outbox. Whoever leases rows moves next_at ahead and counts a try: a process that dies gives them back by itself.
    """CREATE TABLE push_delivery (id TEXT PRIMARY KEY, reminder TEXT NOT NULL, device TEXT NOT NULL, state TEXT NOT NULL,
        tries BIGINT NOT NULL, next_at BIGINT NOT NULL)""",
    "CREATE INDEX push_delivery_reminder ON push_delivery (reminder)",
    "CREATE INDEX push_delivery_next ON push_delivery (next_at) WHERE state = 'waiting'",
    # A feed's secret link, of which only the SHA-256 is stored.
    """CREATE TABLE calendar_feed (secret_hash TEXT PRIMARY KEY, organisation TEXT NOT NULL, member TEXT NOT NULL,
        shows TEXT NOT NULL, made_at BIGINT NOT NULL)""",
    "CREATE UNIQUE INDEX calendar_feed_member ON calendar_feed (member, organisation)",
)
