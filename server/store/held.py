"""Pages of the streams that are held in memory, opened and joined."""

from collections import OrderedDict

from msgspec import Struct

HELD_BYTES = 24_000_000


class Page(Struct, frozen=True):
    """The next entries of a stream: how many, the last one's position, the JSON of those that are gone, the others' bytes."""

    entries: int
    at: int
    gone: bytes
    records: bytes


class HeldPages:
    """Full pages as they were read last, the longest unused go first.

    A page can be told to be as it was by its number of entries: positions are given once, and a record that changed,
    left or was erased has another one.
    """

    def __init__(self, bytes_max: int = HELD_BYTES) -> None:
        self._pages: OrderedDict[tuple[int, int, int], Page] = OrderedDict()
        self._room = bytes_max

    def all(self) -> list[Page]:
        """Return every page, the longest unused first."""
        return list(self._pages.values())

    def get(self, stream: int, after: int, limit: int) -> Page | None:
        """Return what was read there last."""
        page = self._pages.get((stream, after, limit))
        if page:
            self._pages.move_to_end((stream, after, limit))
        return page

    def put(self, stream: int, after: int, limit: int, page: Page) -> None:
        """Hold a page; the longest unused ones make room."""
        self.drop(stream, after, limit)
        self._pages[stream, after, limit] = page
        self._room -= len(page.records)
        while self._room < 0:
            self.drop(*next(iter(self._pages)))

    def drop(self, stream: int, after: int, limit: int) -> None:
        """Let go of a page that is not as it was."""
        if page := self._pages.pop((stream, after, limit), None):
            self._room += len(page.records)

    def clear(self) -> None:
        """Drop all: what was erased must not stay in memory."""
        while self._pages:
            self.drop(*next(iter(self._pages)))
