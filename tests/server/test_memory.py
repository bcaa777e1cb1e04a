"""T22, T23: bodies that would fill the memory of the server. Its peak is looked at, in a process of its own."""

import gzip
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from server.settings import Settings
from tests.support.process import Process
from tests.support.world import World


def small(start: bytes, again: bytes, end: bytes, *, size: int = 64 * 1024) -> bytes:
    """Return what is as large as a body may be: of most routes where no size is said."""
    return start + again * ((size - len(start) - len(end)) // len(again)) + end


GROWN_KB_MAX = 16_000
# Of a call's edits each is kept as bytes until it is decoded, and a list is made before it is counted; a mebibyte of
# commas may also be what somebody said, so that it cannot be told by them. One such call is read at a time.
CALL_KB_MAX = 48_000
LARGE = 10 * 2**20  # more than any route reads
CALL = b'{"protocol":1,"kinds":1,"epoch":"","call":1,"now":1,"cursors":{},"edits":'
FILLING: dict[str, bytes] = {
    "many lists": b"[" + b"[]," * (LARGE // 3),
    "many names": b"{" + b",".join(b'"k%d":1' % n for n in range(1_000_000)) + b"}",
    "deep": b"[" * LARGE,
    "a long number": b'{"now":' + b"9" * (LARGE // 2) + b"}",
    "many lists, of a size that is read": small(b'{"email":[', b"[],", b"[]]}"),
    "deep, of a size that is read": small(b'{"email":', b"[", b""),
    "a long number, of a size that is read": small(b'{"now":', b"9", b"}"),
    "many edits, of a call's size": small(CALL + b"[0", b",0", b"]}", size=2**20),
    "many edits, of a file's size": small(b'{"edits":[0', b",0", b"]}", size=5 * 2**20),
}


@pytest.mark.parametrize("path", ["/api/sync", "/api/sealed/import", "/api/sign-in", "/api/members"])
def test_T22_bodies_that_would_fill_the_memory_do_not(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path, path: str
) -> None:
    headers = worlds(sqlite_settings).organise().device("griet").headers
    process = Process(sqlite_settings, tmp_path / "log").start()
    with httpx.Client(base_url=process.url, headers={**headers, "Content-Type": "application/json"}) as http:
        assert http.post(path, content=b"{}").status_code == 400, "whoever sends this is known, or need not be"
        grown = {name: grown_kb(process, http, path, body) for name, body in FILLING.items()}
    process.stop()

    allowed = {"many edits, of a call's size": CALL_KB_MAX} if path == "/api/sync" else {}
    too_much = {name: kb for name, kb in grown.items() if kb > allowed.get(name, GROWN_KB_MAX)}
    assert too_much == {}, "what is too large is not read to its end, and what is read becomes not much more"


def test_T23_a_gzip_bomb_is_not_inflated_to_its_end(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, tmp_path: Path
) -> None:
    headers = worlds(sqlite_settings).organise().device("amina").headers
    process = Process(sqlite_settings, tmp_path / "log").start()
    sent = {**headers, "Content-Type": "application/json", "Content-Encoding": "gzip"}
    with httpx.Client(base_url=process.url, headers=sent) as http:
        assert http.post("/api/sync", content=gzip.compress(b"{}")).status_code == 400
        grown = [grown_kb(process, http, path, bomb()) for path in ("/api/sync", "/api/sealed/import")]
    process.stop()

    assert max(grown) < GROWN_KB_MAX, f"of a gibibyte: {grown}"


def bomb() -> bytes:
    """Return a mebibyte that would be a gibibyte: one block again and again, since making it whole takes seconds."""
    making = zlib.compressobj(9, wbits=31)
    start = making.compress(b"[") + making.flush(zlib.Z_FULL_FLUSH)
    block = making.compress(b" " * 2**20) + making.flush(zlib.Z_FULL_FLUSH)
    return start + block * 1024


def grown_kb(process: Process, http: httpx.Client, path: str, body: bytes) -> int:
    """Return by how much the server's memory grew at its peak while it refused a body."""
    proc = Path(f"/proc/{process.process.pid}")
    with suppress(PermissionError):  # then the peak is that of all its life, which says less
        (proc / "clear_refs").write_text("5")
    before = peak_kb(proc)
    assert refused_while_sending(http, path, body) in (400, 413)
    return peak_kb(proc) - before


def refused_while_sending(http: httpx.Client, path: str, body: bytes) -> int:
    """Return the status; a server may hang up on whoever goes on sending what is too large."""
    try:
        return http.post(path, content=body).status_code
    except httpx.TransportError:
        assert len(body) > 2**20
        return 413


def peak_kb(proc: Path) -> int:
    return int((proc / "status").read_text().split("VmHWM:")[1].split()[0])
