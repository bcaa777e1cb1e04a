"""The targets of `make fuzz`, each for a moment: that they still run, and that what is promised is all that is raised."""

from random import Random, SystemRandom

import pytest

from sync.wire import decode_entry
from tests.support.fuzz import EDIT, SEALED, TARGETS, attack
from tests.support.seal import encode

SEED = SystemRandom().randrange(2**32)


@pytest.mark.parametrize("name", TARGETS)
def test_spoilt_bytes_are_refused_and_nothing_else(name: str) -> None:
    print(f"FUZZ_SEED={SEED}")
    assert attack(name, Random(SEED), count=300) == 300


def test_the_honest_bytes_they_start_from_are_taken() -> None:
    for name, (target, honest) in TARGETS.items():
        if name not in ("box", "backup"):  # these start from what nothing opens
            target(honest[0])
    assert decode_entry(encode(SEALED)) == SEALED
    assert SEALED.id == EDIT.id
