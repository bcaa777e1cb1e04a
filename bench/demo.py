"""How soon the demo is there again: what `make run` starts, on what a first start left."""

from pathlib import Path

from bench.servers import Process
from bench.tables import Table

AGAIN_S_MAX = 5.0


def measure_demo(table: Table, root: Path) -> None:
    """Note how long the first start took, with its two days, and how long the second one."""
    demo = Process(
        ["-m", "server", "demo", "--serve", "--with-code"],
        {"ONTHAAL_STATE_DIR": str(root), "ONTHAAL_DATABASE_FILE": str(root / "demo.sqlite"), "ONTHAAL_PORT": "PORT"},
    )
    demo.start()
    table.figure("sqlite", "the demo's first start, two days played", f"{demo.started_s:.1f} s")
    demo.stop()
    demo.start()
    table.check("the demo's second start", demo.started_s, AGAIN_S_MAX, "s")
    demo.stop()
