"""make bench: every server figure as a ratio to the floor, in one run.

    floor      asyncio + sqlite3 (WAL, synchronous=FULL) over HTTP; nothing is decided      bench/floor.py
    sqlite     the product on SQLite          postgres   the product on PostgreSQL, where its programs are found

Floor and product take turns, so that whatever else the machine does hits both alike. A figure is the median of its
runs on the wall and the mean of the server's CPU; read ratios, not absolutes.

    python -m bench [--no-postgres] [--no-browser]      RUNS=5 PULLED=20000 LARGE=200000
"""

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from bench.before import measure_before
from bench.browser import measure_app
from bench.demo import measure_demo
from bench.floor_server import FloorServer
from bench.product import Product
from bench.reminders import measure_reminders
from bench.sealed import measure_sealed
from bench.servers import in_turns
from bench.tables import Table
from tests.support.postgres import postgres

RUNS = int(os.environ.get("RUNS", "5"))
PULLED = int(os.environ.get("PULLED", "20000"))
LARGE = int(os.environ.get("LARGE", "200000"))
SMALL_RUNS = 41
LARGER_MAX = 1.2  # how much an incremental sync may grow with ten times the records
LIMITS = {
    "sqlite": {"day": 5.0, "pull": 1.5, "incremental": 4.0, "crowd": 2.0},
    "postgres": {"day": 15.0},
}


def main() -> int:
    """Measure all; return the exit code."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        measure_demo(table, root / "demo")
        _measure(table, "sqlite", root, "")
        if "--no-postgres" not in sys.argv:
            with postgres() as url:
                _measure(table, "postgres", root, url + "postgres")
    measure_before(table, PULLED)
    if "--no-browser" not in sys.argv:
        measure_app(table)
    return table.verdict()


@contextmanager
def _both(root: Path, name: str, url: str) -> Iterator[tuple[FloorServer, Product]]:
    with FloorServer(root / f"floor-{name}.sqlite") as floor, Product(root / name, url) as product:
        yield floor, product


def _measure(table: Table, name: str, root: Path, url: str) -> None:
    measure_reminders(table, name, root, url)
    limits = LIMITS[name]
    with _both(root, name, url) as (floor, product):
        table.figure(name, "start-up", f"{product.started_s:.2f} s, {product.memory_mb():.0f} MB when idle")
        day = in_turns(floor.push_day, product.push_day, RUNS)
        table.ratio(name, "event day pushed (1 500 records, 2 200 edits)", *day, limits.get("day"))
        table.where_time_goes(product.profile_push())
        for server in (floor, product):
            server.fill(PULLED)
        first = product.pull_first()
        table.figure(name, "the first to pull them", f"{first.wall_s * 1000:.1f} ms; its pages are held for the next")
        pulled = in_turns(floor.pull_all, product.pull_all, RUNS)
        table.ratio(name, f"{PULLED} records pulled, plain", *pulled, limits.get("pull"))
        sample, size = product.pull_compressed()
        compressed = f"{size / 1e6:.1f} MB in {sample.wall_s:.2f} s, {sample.cpu_s:.2f} s of CPU"
        table.figure(name, f"{PULLED} records pulled, zstd", compressed)
        measure_sealed(table, name, product)
        few = in_turns(floor.incremental, product.incremental, SMALL_RUNS)
        table.ratio(name, f"5 up, 5 down, with {PULLED} records", *few, limits.get("incremental"))
        if name == "sqlite":
            product.fill(LARGE)
            many = in_turns(floor.incremental, product.incremental, SMALL_RUNS)
            table.ratio(name, f"5 up, 5 down, with {LARGE} records", *many, limits.get("incremental"))
            growth = (many[1].wall_s / many[0].wall_s) / (few[1].wall_s / few[0].wall_s)
            table.check(f"{LARGE} against {PULLED} records", growth, LARGER_MAX, "×")
        crowd = in_turns(floor.crowd, product.crowd, 3)
        table.ratio(name, "50 clients, 100 records each up, 5 000 down", *crowd, limits.get("crowd"))
        told = f"{product.crowded.p99_ms:.0f} ms, floor {floor.crowded.p99_ms:.0f} ms; {product.crowded.again} told to ask again"
        table.figure(name, "p99 of a call in that crowd", told)
        table.figure(
            name, "after the load", f"{product.memory_mb():.0f} MB, {product.bytes_per_record():.0f} bytes a record"
        )


if __name__ == "__main__":
    sys.exit(main())
