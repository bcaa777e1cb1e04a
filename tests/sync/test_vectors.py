"""The vectors are the contract of both engines: each holds on each, and each side ran all of them."""

import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest

from tests.support.engine import ROOT, Engine
from tests.support.vectors import VECTORS, failure_of, read_vectors

ALL = list(read_vectors())
FILES = sorted(path for path in VECTORS.glob("*.json") if path.name != "vector.schema.json")
NODE = ROOT / ".venv" / "bin" / "node"
TWIN = ROOT / "pwa" / "scripts" / "twin.ts"


@pytest.mark.parametrize(("file", "vector"), ALL, ids=[vector["id"] for _, vector in ALL])
def test_the_servers_engine_does_what_the_vector_says(file: str, vector: dict[str, object]) -> None:
    assert failure_of(Engine(), file, vector) is None


def test_the_tablets_engine_does_what_every_vector_says_and_leaves_none_out() -> None:
    ran = subprocess.run([NODE, TWIN, "vectors"], capture_output=True, text=True, check=True)
    result = json.loads(ran.stdout)
    print(f"vectors: {len(ALL)} on the server's engine, {result['count']} on the tablet's")
    assert result["failed"] == {}
    assert result["count"] == len(ALL)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_of_vectors_has_the_shape_that_the_schema_says(path: Path) -> None:
    schema = json.loads((VECTORS / "vector.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))


def test_every_vector_has_its_own_id_which_names_its_file() -> None:
    ids = [vector["id"] for _, vector in ALL]
    assert len(set(ids)) == len(ids)
    assert [
        id for (file, _), id in zip(ALL, ids, strict=True) if not id.startswith(file.removesuffix(".json") + "/")
    ] == []


def test_the_rule_of_every_vector_is_a_heading_of_the_protocol() -> None:
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    headings = set(re.findall(r"^## (.+)$", text, re.MULTILINE))
    assert {vector["rule"] for _, vector in ALL} - headings == set()


def test_there_is_a_vector_for_every_code_of_a_refused_edit_that_an_edit_alone_can_earn() -> None:
    refused = {vector.get("expect_error") for _, vector in ALL if vector["input"]["op"] == "edit"}
    assert refused >= {"bad_value", "too_long", "unknown_field", "unknown_kind"}  # wrong_record needs the record


def test_both_runners_know_the_same_operations() -> None:
    twin = (ROOT / "pwa" / "scripts" / "vectors.ts").read_text(encoding="utf-8")
    table = twin[twin.index("const OPERATIONS") :]
    ours = (ROOT / "tests" / "support" / "vectors.py").read_text(encoding="utf-8")
    ours = ours[ours.index("OPERATIONS: dict") :]
    assert set(re.findall(r"^    (\w+):", table, re.MULTILINE)) == set(
        re.findall(r'^        "(\w+)":', ours, re.MULTILINE)
    )
