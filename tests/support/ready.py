"""The server's program with everything imported, forked for each run: importing takes longer than most runs.

    stdin   {"words": ["invite", …], "settings": {"ONTHAAL_PORT": …}, "out": FILE}
    stdout  {"pid": 41}    at once;    {"pid": 41, "code": 0}    when it ended

``python -m tests.support.ready`` runs ``python -m server WORDS`` with these settings, its output appended to FILE, until
its own input ends.
"""

import json
import os
import signal
import sys
from selectors import EVENT_READ, DefaultSelector

import server.__main__ as program


def run(words: list[str], settings: dict[str, str], out: str) -> int:
    """Return the exit code of a command, as the child that it is run in."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for stream, flags, to in ((os.devnull, os.O_RDONLY, (0,)), (out, os.O_WRONLY | os.O_CREAT | os.O_APPEND, (1, 2))):
        file = os.open(stream, flags, 0o600)
        for descriptor in to:
            os.dup2(file, descriptor)
    os.environ.update(settings)
    try:
        program.main(words)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    return 0


def say(**fields: object) -> None:
    print(json.dumps(fields), flush=True)


def reap() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        say(pid=pid, code=os.waitstatus_to_exitcode(status))


def main() -> None:
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    events = DefaultSelector()
    for descriptor in (0, woken):
        events.register(descriptor, EVENT_READ)
    asked = b""
    while True:
        for key, _ in events.select():
            read = os.read(key.fd, 65536)
            if key.fd == woken:
                reap()
                continue
            if not read:
                return
            *lines, asked = (asked + read).split(b"\n")
            for line in lines:
                if (pid := os.fork()) == 0:
                    code = run(**json.loads(line))
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(code)
                say(pid=pid)


if __name__ == "__main__":
    main()
