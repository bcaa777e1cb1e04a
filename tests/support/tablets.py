"""The product's own tablets, driven over stdio in lock-step (pwa/scripts/device_stdio.ts, which documents the commands)."""

import json
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]

Answer = dict[str, Any]  # what a command answers; the driver's docstring says what


class Tablets:
    """One Node process with any number of devices; ``pwa`` is the folder whose code they run."""

    def __init__(self, pwa: Path = ROOT / "pwa") -> None:
        command = [str(ROOT / ".venv" / "bin" / "node"), str(pwa / "scripts" / "device_stdio.ts")]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    def __call__(self, command: str, device: str, **more: object) -> Answer:
        """Return the answer to a command. Raises ``AssertionError`` where the driver reports a fault of its own."""
        answer = self.tried(command, device, **more)
        assert "error" not in answer, (command, device, more, answer)
        return answer

    def tried(self, command: str, device: str, **more: object) -> Answer:
        """Return the answer to a command, which may be an error."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps({"do": command, "device": device, **more}) + "\n")
        self._process.stdin.flush()
        answer: Answer = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """Let the process end."""
        self._process.communicate(timeout=10)
