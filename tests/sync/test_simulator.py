"""Worlds in which everything goes wrong, on the product's own engines; and each ◆ rule of the protocol, missed when it is off.

`make simulate SEEDS=n` plays n others. A world that breaks is named by its seed: `make simulate SEED=n SEEDS=1` plays it alone.
"""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import pytest
import structlog

from tests.support.laws import Broken, Failed
from tests.support.simulator import Simulation
from tests.support.switches import SWITCHES, Switch
from tests.support.tablets import ROOT, Tablets

WORLDS = int(os.environ.get("SEEDS", "300"))
# The same worlds for everybody's gate; `make simulate` looks for others.
FIRST = int(os.environ.get("SEED", "1"))
STEPS = 150
MISSED_WITHIN = 80  # worlds
REST = ("care", "close", "image", "put_back", "put_back_soon")


def _broken(seed: int, tablets: Tablets, switch: Switch | None = None) -> str:
    """Play one world; return what broke, or ''. Raises ``Failed`` where a rule that is off breaks the server itself."""
    # What else people do takes no part where one rule is missed: its worlds are full of what needs it.
    weights = {**dict.fromkeys(REST, 0), **switch.weights} if switch else {}
    is_control, switch = switch is not None, switch or Switch()
    world = Simulation(seed, tablets, switch.rules, weights, switch.who)
    try:
        with switch.off():
            world.play(STEPS)
    except Broken as broken:
        if is_control and isinstance(broken, Failed):
            raise
        return f"world {seed}: {broken}"
    finally:
        world.end()
    return ""


def _play(seeds: list[int]) -> list[str]:
    """Play worlds in a process of its own; return what broke."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    tablets = Tablets()
    try:
        return [broken for seed in seeds if (broken := _broken(seed, tablets))]
    finally:
        tablets.end()


@pytest.mark.timeout(0)
def test_nothing_is_lost_and_nobody_sees_what_is_not_theirs_in_any_world() -> None:
    """Prints the first seed; WORLDS worlds follow it."""
    print(f"\nworlds {FIRST} to {FIRST + WORLDS - 1}", flush=True)
    processes = min(os.cpu_count() or 1, WORLDS)
    shares = [list(range(FIRST + i, FIRST + WORLDS, processes)) for i in range(processes)]
    # Not forked: the threads of what was tested before (Argon2's) would be missing in the copy, and be waited for.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        broken = [line for lines in pool.map(_play, shares) for line in lines]

    assert broken == [], f"{len(broken)} of {WORLDS} worlds broke"


@contextmanager
def _tablets(switch: Switch, folder: Path) -> Iterator[Tablets]:
    """Tablets as they are, or a copy of their code with a bug in it."""
    root = ROOT / "pwa"
    if switch.bug:
        file, old, new = switch.bug
        for part in ("src/sync", "src/device"):
            shutil.copytree(root / part, folder / part)
        (folder / "scripts").mkdir()
        shutil.copy(root / "scripts" / "device_stdio.ts", folder / "scripts")
        (folder / "package.json").write_text('{"type": "module"}')
        text = (folder / "src" / file).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} no longer holds once: {old}"
        (folder / "src" / file).write_text(text.replace(old, new), encoding="utf-8")
        root = folder
    tablets = Tablets(root)
    try:
        yield tablets
    finally:
        tablets.end()


def test_every_rule_that_the_protocol_marks_has_a_switch() -> None:
    """And every switch of the tablets is used."""
    before = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").split(" ◆")[:-1]
    rules = [words for words in before if not words.endswith("A rule marked")]
    marked = {switch.marked for switch in SWITCHES.values()} - {""}
    assert [words[-60:] for words in rules if not words.endswith(tuple(marked))] == []
    assert [words for words in marked if not any(rule.endswith(words) for rule in rules)] == []
    told = (ROOT / "pwa" / "src" / "device" / "rules.ts").read_text(encoding="utf-8")
    names = set(re.findall(r"readonly (\w+): boolean", told))
    assert names == {name for switch in SWITCHES.values() for name in switch.rules}


@pytest.mark.parametrize("rule", SWITCHES)
def test_a_rule_that_is_off_breaks_a_world(rule: str, tmp_path: Path) -> None:
    """The negative control: the seeds are fixed, so that it says the same each time."""
    switch = SWITCHES[rule]
    with _tablets(switch, tmp_path) as tablets:
        broken = next(filter(None, (_broken(seed, tablets, switch) for seed in range(MISSED_WITHIN))), "")

    assert broken, f"off, and no world of {MISSED_WITHIN} broke"
    print(f"\n{rule}: {broken[:300]}")
