"""What the server keeps and sends of a record, and what any bytes at all are answered."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import wire
from sync.apply import apply
from sync.checks import check_edit
from sync.edits import NEVER_EARLIER, Edit, Record
from sync.errors import BadEdit, SyncError
from sync.kinds import PRIVATE

NAMES = ("theme", "own_words", "ask", "barriers/delay", "constructor", "criteria/😀")
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
values = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), texts)


@st.composite
def records(draw: st.DrawFn) -> Record:
    record: Record | None = None
    for n in range(1, draw(st.integers(2, 6))):
        author = draw(st.sampled_from(["AminaTablet", "BilalTablet"]))
        set_ = draw(st.dictionaries(st.sampled_from(NAMES), values, min_size=1))
        over = {name: [f"AminaTablet:{draw(st.integers(1, n))}"] for name in set_ if draw(st.booleans())}
        edit = Edit(author, n, f"{n:016x}", "issue", "issue-1", set_, "event-1", over)
        record = apply(record, edit, by="m-1", e=edit.h)
    assert record is not None
    return record


def as_sent(record: Record) -> Record:
    """Return a record without what does not travel, its versions in the order of their edits."""
    live = {name: tuple(sorted(versions, key=lambda v: v.dot)) for name, versions in record.live.items()}
    return msgspec.structs.replace(record, born=NEVER_EARLIER, live=live)


@given(records())
def test_a_record_that_was_packed_is_unpacked_as_it_was(record: Record) -> None:
    assert as_sent(wire.unpack(wire.pack(record, PRIVATE["issue"]))) == as_sent(record)


@given(records())
def test_a_packed_record_is_joined_from_bytes_to_what_decodes_to_it(record: Record) -> None:
    joined = wire.join(wire.pack(record, PRIVATE["issue"]))
    assert as_sent(wire.decode_record(joined)) == as_sent(record)
    assert json.loads(joined)["author"] == "m-1"


@given(records())
def test_private_fields_are_only_in_the_private_bytes(record: Record) -> None:
    packed = wire.pack(record, PRIVATE["issue"])
    fields = {name for part in json.loads(packed.coded.removesuffix(b",") + b"]}")["live"] for name in part["set"]}
    hidden = {name for part in json.loads(b"[" + packed.private + b"]") for name in part["set"]}
    assert hidden == {"own_words", "ask"} & set(record.live)
    assert fields == set(record.live) - hidden


def test_an_erased_record_is_erased_after_packing() -> None:
    record = Record("issue", "issue-1", "event-1", "", NEVER_EARLIER, {}, {}, erased=True)
    assert wire.unpack(wire.pack(record, ())) == record


@given(st.one_of(st.binary(), st.text().map(lambda text: json.dumps({"set": text}).encode())))
def test_no_bytes_make_anything_but_an_edit_or_a_refusal(raw: bytes) -> None:
    try:
        check_edit(wire.decode_edit(raw))
    except BadEdit as error:
        assert error.code in ("bad_value", "too_long")


@given(st.binary())
def test_no_bytes_make_anything_but_a_request_or_a_refusal(body: bytes) -> None:
    with pytest.raises(SyncError):
        wire.decode_request(body)


@given(records(), st.sampled_from([True, False]))
def test_an_edit_is_decoded_as_it_was_encoded(record: Record, uncalibrated: bool) -> None:
    for name, versions in record.live.items():
        for v in versions:
            edit = Edit(v.a, v.n, v.e, "issue", "issue-1", {name: v.value}, "event-1", {}, int(uncalibrated))
            assert wire.decode_edit(wire.encode_edit(edit)) == edit
