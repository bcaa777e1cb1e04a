"""make bench: every server figure as a ratio to the floor, in one run.

    floor      asyncio + sqlite3 (WAL, synchronous=FULL) over HTTP; nothing is decided      bench/floor.py
    sqlite     the product on SQLite          postgres   the product on PostgreSQL, where its programs are found

Wall and server CPU. Medians of some runs; read ratios, not absolutes.
"""

import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.browser import measure_app
from bench.product import Product
from bench.servers import FloorServer, Sample, Server
from bench.tables import Table

RUNS = int(os.environ.get("RUNS", "3"))
PULLED = int(os.environ.get("PULLED", "20000"))
LARGE = int(os.environ.get("LARGE", "200000"))


def median(measure: Callable[[], Sample], runs: int = RUNS) -> Sample:
    """Return the median of some runs, wall and CPU each."""
    samples = [measure() for _ in range(runs)]
    return Sample(statistics.median(s.wall_s for s in samples), statistics.median(s.cpu_s for s in samples))


def main() -> int:
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        floor = FloorServer(root / "floor.sqlite")
        with floor:
            _day(table, "floor", floor)
            _pull(table, "floor", floor)
            _incremental(table, "floor", floor, "with 20 000 records")
        for name, url in _databases(root):
            with Product(root / name, url) as product:
                table.figure(name, "start-up", f"{product.started_s:.2f} s, {product.memory_mb():.0f} MB")
                _day(table, name, product)
                table.where_time_goes(name, product.profile_push())
                _pull(table, name, product)
                _incremental(table, name, product, "with 20 000 records")
                if name == "sqlite":
                    product.fill(LARGE)
                    _incremental(table, name, product, "with 200 000 records")
                    product.crowd(table, name)
                table.figure(name, "after the load", f"{product.memory_mb():.0f} MB, {product.bytes_per_record()}")
    if "--no-browser" not in sys.argv:
        measure_app(table)
    return table.verdict()


def _databases(root: Path) -> list[tuple[str, str]]:
    from tests.support.postgres import postgres

    found = [("sqlite", "")]
    if "--no-postgres" not in sys.argv:
        context = postgres()
        found.append(("postgres", context.__enter__() + "postgres"))
        import atexit

        atexit.register(context.__exit__, None, None, None)
    return found


def _day(table: Table, name: str, server: Server) -> None:
    table.add(
        name,
        "event day pushed (1 500 records, 2 200 edits)",
        median(server.push_day),
        {"sqlite": 5.0, "postgres": 15.0},
    )


def _pull(table: Table, name: str, server: Server) -> None:
    server.fill(PULLED)
    table.add(
        name,
        f"{PULLED} records pulled, plain",
        median(lambda: server.pull_all(compressed=False)),
        {"sqlite": 1.5, "postgres": 0},
    )
    if name != "floor":
        sample, size = server.pull_compressed()
        table.figure(
            name, "pulled, compressed", f"{size / 1e6:.1f} MB in {sample.wall_s:.2f} s, {sample.cpu_s:.2f} s of CPU"
        )


def _incremental(table: Table, name: str, server: Server, what: str) -> None:
    table.add(name, f"5 up, 5 down, {what}", median(server.incremental, 9), {"sqlite": 4.0, "postgres": 0})


if __name__ == "__main__":
    sys.exit(main())
