"""How soon the demo is there again: `make run`, on what a first start left."""

from pathlib import Path

from bench.servers import Process
from bench.tables import Table

AGAIN_S_MAX = 5.0


def measure_demo(table: Table, root: Path) -> None:
    """Note how long the first start took, with its two days, and how long the second one, with all that make looks at."""
    settings = {
        "ONTHAAL_STATE_DIR": str(root),
        "ONTHAAL_DATABASE_FILE": str(root / "demo.sqlite"),
        "ONTHAAL_PORT": "PORT",
    }
    first = Process(["-m", "server", "demo", "--serve", "--with-code"], settings)
    first.start()
    table.figure("sqlite", "the demo's first start, two days played", f"{first.started_s:.1f} s")
    first.stop()
    again = Process(["run"], settings, "make")
    again.start()
    table.check("the second `make run`, until it answers", again.started_s, AGAIN_S_MAX, "s")
    again.stop()
