"""The server as a process of its own, to be killed, stopped, or run twice on one database."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from server.settings import Settings
from tests.support.saying import odd_in, strays_in

ROOT = Path(__file__).parents[2]
START_S_MAX = 90  # on a machine that others use too, Python alone takes 20 s to import


class Process:
    """`python -m server serve` on a free port."""

    def __init__(self, settings: Settings, log: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self.prints = False  # as the demo does: how to begin, for whoever began it, with people who are made up
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("ONTHAAL_")} | {
            f"ONTHAAL_{name.upper()}": str(getattr(settings, name))
            for name in (
                "database_url",
                "database_file",
                "state_dir",
                "app_dir",
                "sign_in_per_minute",
                "sign_in_per_minute_address",
                "enrol_per_ten_minutes",
                "contact_reads_per_minute",
                "exports_per_day",
                "push_extra_origins",
            )
        }
        self.environment["ONTHAAL_PORT"] = str(self.port)

    def start(self) -> "Process":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        ends = time.monotonic() + START_S_MAX
        while time.monotonic() < ends:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if httpx.get(f"{self.url}/health/ready").status_code == 200:
                    return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not start: " + self.log.read_text())

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ask it to end; return its exit code. Fails where it hangs, and where it said in its log what no log may say."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        odd = odd_in(self.said()) + strays_in(self.past_the_log())
        assert odd == [], f"T40: {odd}"
        return code

    def said(self) -> list[dict[str, object]]:
        """Return the lines of its log that are lines of ours, without their times."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [{name: value for name, value in line.items() if name != "timestamp"} for line in lines]

    def past_the_log(self) -> list[str]:
        """Return the other lines: what did not go through our log, and so was not looked at by it."""
        lines = [] if self.prints else self.log.read_text().splitlines()
        return [line for line in lines if not line.startswith("{")]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run another command on the same database."""
        return subprocess.run(
            [sys.executable, "-m", "server", *arguments], cwd=ROOT, env=self.environment, capture_output=True,
            text=True, check=False,
        )  # fmt: skip
