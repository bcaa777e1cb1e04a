"""What the server does now and then beside its answers. What fails is written down, and done again the next time."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

MINUTE_S = 60.0
HOUR_S = 60 * MINUTE_S
DAY_S = 24 * HOUR_S
log = structlog.get_logger("onthaal")

Pause = Callable[[float], Awaitable[object]]


async def again(
    name: str, every_s: float, act: Callable[[], Awaitable[object]], *, pause: Pause = asyncio.sleep
) -> None:
    """Act every ``every_s`` seconds, the first time after as long, until cancelled; whatever ``act`` raises is logged."""
    while True:
        await pause(every_s)
        try:
            await act()
        except (
            Exception
        ) as error:  # whatever it was, there is a next time; its message may hold what nobody should read
            log.error("chore", chore=name, type=type(error).__name__)
