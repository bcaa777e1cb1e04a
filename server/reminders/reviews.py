"""How many issues wait for a coordinator's eyes, by what lies in clear. As the desk counts: pwa/src/features/desk/review.ts."""

from collections.abc import Iterable

from server.reminders.reading import coded_record
from server.store.engine import Row
from sync.apply import view, winner
from sync.edits import Record


def count_reviews(rows: Iterable[Row], archived: frozenset[str]) -> int:
    """Return how many issues are new, or asked a question that was answered; ``rows``: (event, coded) of issues and remarks."""
    records = [coded_record(coded) for event, coded in rows if event not in archived]
    answers: dict[str, Record] = {}
    for one in sorted((one for one in records if one.kind == "remark"), key=lambda one: one.born):
        answers[str(view(one).get("about"))] = one  # the latest about each
    return sum(_is_to_review(one, answers.get(one.id)) for one in records if one.kind == "issue")


def _is_to_review(issue: Record, answer: Record | None) -> bool:
    shown = view(issue)
    review = shown.get("review")
    if issue.erased or shown.get("deleted") is True:
        return False
    if review == "question":
        return answer is not None and answer.author != winner("review", issue.live["review"]).by
    return review in (None, "new")
