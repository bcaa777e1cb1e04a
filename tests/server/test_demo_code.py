"""What `make run` prints lets the demo's coordinator in: the password and the code of now, both asked for; at its own address."""

import re
from pathlib import Path

import httpx

from server.demo.seed import EMAIL, PASSWORD, at_its_port
from server.settings import Settings
from tests.server.test_demo import Demo

SIX = re.compile(r"\b\d{3} ?\d{3}\b")
OK = 200


def signs_in(demo: Demo, code: str = "") -> tuple[int, str]:
    answer = httpx.post(f"{demo.url}/api/sign-in", json={"email": EMAIL, "password": PASSWORD, "code": code})
    return answer.status_code, answer.json().get("code", "")


def test_the_printed_password_and_the_printed_code_open_the_desk_and_neither_alone(
    sqlite_settings: Settings, tmp_path: Path
) -> None:
    demo = Demo(sqlite_settings, tmp_path / "log")
    try:
        printed = demo.begin("--with-code", until="service worker")
        assert EMAIL in printed and PASSWORD in printed
        assert signs_in(demo) == (401, "code_needed")

        # A code is good once and for half a minute: what was printed at the start may be over by now.
        [first] = SIX.findall(printed.split(PASSWORD)[1].split("generalist")[0])[:1]
        said = demo.command("demo", "--code")
        [now] = SIX.findall(said.stdout)[:1]
        statuses = [signs_in(demo, code.replace(" ", ""))[0] for code in (now, first)]
        assert statuses[0] == OK, said.stdout
        assert statuses[1] == 401, "a code that was used, or is over"
    finally:
        demo.kill()


def test_a_demo_without_codes_says_so(sqlite_settings: Settings, tmp_path: Path) -> None:
    said = Demo(sqlite_settings, tmp_path / "log").command("demo", "--code")

    assert said.returncode == 1 and "no codes" in said.stderr


def test_the_passkeys_of_a_demo_belong_to_the_port_that_is_served_unless_another_address_is_set() -> None:
    elsewhere = "https://demo.onthaal.example"

    assert at_its_port(Settings(port=8123)).public_url == "http://localhost:8123"
    assert at_its_port(Settings(port=8123, public_url=elsewhere)).public_url == elsewhere
