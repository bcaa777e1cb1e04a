"""How often somebody may try: a window of a minute per key, in this process."""

from server.errors import Refusal

WINDOW_MS = 60_000


class Limiter:
    """Counts per key and minute. 0 allows everything."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self._counts: dict[str, tuple[int, int]] = {}

    def check(self, key: str, now_ms: int) -> None:
        """Count one try. Raises ``Refusal("too_many")`` with Retry-After."""
        if not self.per_minute:
            return
        started, count = self._counts.get(key, (now_ms, 0))
        if now_ms - started >= WINDOW_MS:
            started, count = now_ms, 0
            self._counts = {k: v for k, v in self._counts.items() if now_ms - v[0] < WINDOW_MS}
        self._counts[key] = (started, count + 1)
        if count >= self.per_minute:
            raise Refusal("too_many", headers={"Retry-After": str((started + WINDOW_MS - now_ms) // 1000 + 1)})
