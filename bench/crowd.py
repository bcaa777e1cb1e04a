"""Fifty clients at once: each pushes 100 records, and when all have, each pulls everybody's 5 000."""

import statistics
import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from bench.servers import Busy, Connection, Process, Sample

CROWD, EACH = 50, 100
ALL = CROWD * EACH
Ask: TypeAlias = Callable[[str, str, bytes | None, dict[str, str]], bytes]
Client: TypeAlias = Callable[[Ask, Callable[[], object]], None]  # pushes, waits for the others, pulls


class Crowded(NamedTuple):
    """What all took together, the 99th of 100 calls, and how many were told to ask again (503)."""

    sample: Sample
    p99_ms: float
    again: int


def crowd(process: Process, clients: Sequence[Client]) -> Crowded:
    """Return what came of it. Raises the first error of any client."""
    took: list[float] = []
    errors: list[Exception] = []
    again: list[Busy] = []
    barrier = threading.Barrier(len(clients), timeout=120)

    def run(client: Client) -> None:
        connection = Connection(process.port)

        def ask(method: str, path: str, body: bytes | None, headers: dict[str, str]) -> bytes:
            before = connection.asked_s
            while True:
                try:
                    content = connection.ask(method, path, body, headers)
                except Busy as busy:
                    again.append(busy)
                    time.sleep(busy.after_s)
                else:
                    took.append(connection.asked_s - before)
                    return content

        try:
            client(ask, barrier.wait)
        except Exception as error:
            errors.append(error)
            barrier.abort()
        finally:
            connection.http.close()

    threads = [threading.Thread(target=run, args=(client,)) for client in clients]
    cpu, began = process.cpu_s(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sample = Sample(time.perf_counter() - began, process.cpu_s() - cpu)
    if errors:
        raise errors[0]
    return Crowded(sample, statistics.quantiles(took, n=100)[98] * 1000, len(again))
