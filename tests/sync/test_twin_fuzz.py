"""Random histories through both engines: they must agree on all of it.

    history ──→ this engine ──→ answer ┐
       └──→ one Node process ──→ answer ┴ the same text?

Two small engines once agreed on all vectors and differed on 1 390 of 2 000 such histories: a JavaScript ``{}`` inherits
``constructor``. Every find becomes a vector. ``FUZZ_SEED`` repeats a run, ``FUZZ_COUNT`` makes it longer.
"""

import json
import os
import subprocess
from random import Random, SystemRandom
from typing import Any

from sync.access import Actor, audience, hanging, streams_of
from sync.apply import apply, fold, see
from sync.checks import check_edit
from sync.digest import as_hex, record_digest
from sync.edits import Edit, Version
from sync.errors import SyncError
from tests.support.engine import ROOT, Engine, Input, around_of, canonical, edit_of, judge_of, request_of, state_of
from tests.support.histories import Json, history

SEED = int(os.environ.get("FUZZ_SEED") or SystemRandom().randrange(2**32))
COUNT = int(os.environ.get("FUZZ_COUNT", "2000"))
ENGINE = Engine()


def test_both_engines_agree_on_random_histories() -> None:
    print(f"FUZZ_SEED={SEED} FUZZ_COUNT={COUNT}")
    random = Random(SEED)
    histories = [history(random) for _ in range(COUNT)]

    theirs = _ask_the_tablet(histories)

    assert len(theirs) == COUNT
    for one, their in zip(histories, theirs, strict=True):
        our = canonical(_answer(one))
        if our != their:
            _tell(one, json.loads(our), json.loads(their))


def _ask_the_tablet(histories: list[Json]) -> list[str]:
    lines = "".join(json.dumps(one) + "\n" for one in histories)
    command = [ROOT / ".venv" / "bin" / "node", ROOT / "pwa" / "scripts" / "twin.ts", "histories"]
    ran = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split("\n")[:-1]


def _answer(one: Any) -> Json:  # noqa: ANN401 -- a line of JSON, as Node gets it
    record = None
    for given in one["edits"]:
        edit = edit_of(ENGINE, {k: v for k, v in given.items() if k not in ("by", "e")})
        record = apply(record, edit, by=given["by"], e=given["e"])
    waiting = [edit_of(ENGINE, given) for given in one["waiting"]]
    around = around_of(ENGINE, one)
    return {
        "state": state_of(ENGINE, record),
        "shown": state_of(ENGINE, fold(record, waiting, by=one["by"])),
        "digest": as_hex(record_digest(record)) if record else None,
        "over": [
            [name, see([Version(v["a"], v["n"], "", "", None) for v in shown], name, waiting, one["own"])]
            for name, shown in sorted(one["screen"].items())
        ],
        "codes": [check_edit(Edit(**given)) for given in one["checks"]],
        "requests": [_or_code(body) for body in one["bodies"]],
        "judged": [judge_of(ENGINE, {**given, "around": one["around"]}) for given in one["judged"]],
        "audiences": [sorted(audience(known, around)) for known in around.all.values()],
        "hanging": [sorted(other.id for other in hanging(known, around)) for known in around.all.values()],
        "streams": [
            sorted(streams_of(Actor(**given), [known for known in around.all.values() if known.kind == "event"]))
            for given in one["actors"]
        ],
    }


def _or_code(body: list[str | Input]) -> object:
    try:
        return request_of(ENGINE, {"body": body})
    except SyncError as error:
        return error.code


def _tell(one: Json, our: Json, their: Json) -> None:
    differing = {name: (our[name], their[name]) for name in our if our[name] != their[name]}
    raise AssertionError(f"FUZZ_SEED={SEED}: the engines differ\n{differing}\nin {json.dumps(one)}")
