"""Reminders: what is due, how it leaves, and who can be reached. docs/reminders.md."""
