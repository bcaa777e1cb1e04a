"""Against the last state in which nothing was sealed: its own code, from the history, in turns with today's.

    bench/before.py ──"push"──→ CHILD, in a folder that holds the tree of BEFORE ──→ that tree's bench.product, its own server
                    ←─[wall, cpu]─

What no history holds (an unpacked archive) is not measured, and said.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.product import Product
from bench.sealed import sealing
from bench.servers import Sample, in_turns
from bench.tables import Table

ROOT = Path(__file__).resolve().parents[1]
BEFORE = "dad5498bb51cf5b0caaf2b23a9bfdc66edd83529"
LIMIT = 1.5
TURNS = 11  # both sides differ by a tenth from one run to the next
CHILD = """
import json, sys
from pathlib import Path
from bench.product import Product
with Product(Path(sys.argv[1]), "") as product:
    print("null", flush=True)
    for line in sys.stdin:
        what, *count = line.split()
        sample = {"push": product.push_day, "pull": product.pull_all, "fill": product.fill}[what](*map(int, count))
        print(json.dumps(sample), flush=True)
"""


class Before:
    """That state's server; what it is asked, it does and times."""

    def __init__(self, tree: Path, folder: Path) -> None:
        command = [sys.executable, "-c", CHILD, str(folder)]
        self.child = subprocess.Popen(command, cwd=tree, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def ask(self, what: str) -> Sample:
        """Return what it took."""
        assert self.child.stdin
        print(what, file=self.child.stdin, flush=True)
        return Sample(*(self._answer() or (0, 0)))

    def _answer(self) -> list[float] | None:
        assert self.child.stdout
        line = self.child.stdout.readline()
        if not line:
            raise RuntimeError("the state before does not answer")
        answer: list[float] | None = json.loads(line)
        return answer

    def stop(self) -> None:
        """End it, and its server with it."""
        self.child.communicate()


@contextmanager
def _before(root: Path) -> Iterator[Before]:
    git, tree = ["git", "-C", str(ROOT), "worktree"], root / "tree"
    subprocess.run([*git, "add", "--quiet", "--detach", str(tree), BEFORE], check=True)
    try:
        before = Before(tree, root / "before")
        yield before
        before.stop()
    finally:
        subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def measure_before(table: Table, records: int) -> None:
    """Note today's day, in clear and sealed, and today's pull as ratios to what that state takes."""
    known = subprocess.run(["git", "-C", str(ROOT), "cat-file", "-e", BEFORE], capture_output=True, check=False)
    if known.returncode != 0:
        table.figure("sqlite", "against before anything was sealed", "not measured: there is no history here")
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        _before(Path(folder)) as before,
        Product(Path(folder) / "now", "") as now,
    ):
        sealed = sealing(now)
        for what, run in (("in clear", now.push_day), ("every edit sealed", sealed)):
            then, today = in_turns(lambda: before.ask("push"), run, TURNS)
            _check(table, f"event day pushed, {what}", then, today)
        before.ask(f"fill {records}")
        now.fill(records)
        _check(table, f"{records} records pulled", *in_turns(lambda: before.ask("pull"), now.pull_all, TURNS))


def _check(table: Table, what: str, then: Sample, today: Sample) -> None:
    took = f"{today.wall_s * 1000:.0f} ms, then {then.wall_s * 1000:.0f}"
    table.check(f"{what} ({took})", today.wall_s / then.wall_s, LIMIT, "× of before sealing")
