"""A push through a mock service that others wrote: signed, encrypted, read back as it was meant."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator

import httpx
import msgspec
import pytest

from server.settings import Settings
from tests.support.process import ROOT
from tests.support.push import Reminding, asks, free_port
from tests.support.world import World

START_S_MAX = 60


@pytest.fixture
def mock_service() -> Iterator[str]:
    """The origin of a running `web-push-testing`."""
    port = free_port()
    node = ROOT / ".venv/bin/node"
    process = subprocess.Popen([node, ROOT / "tests/support/push-service.cjs", str(port)], stdout=subprocess.DEVNULL)
    ends = time.monotonic() + START_S_MAX
    while time.monotonic() < ends and not _answers(port):
        time.sleep(0.05)
    yield f"http://localhost:{port}"
    process.kill()
    process.wait()


def _answers(port: int) -> bool:
    try:
        return httpx.post(f"http://localhost:{port}/status").status_code == 200
    except httpx.TransportError:
        return False


def test_a_test_notification_arrives_encrypted_and_is_read_back(
    worlds: Callable[[Settings], World], sqlite_settings: Settings, mock_service: str
) -> None:
    world = worlds(msgspec.structs.replace(sqlite_settings, push_extra_origins=mock_service)).organise()
    reminding, amina = Reminding(world), world.device("amina")
    key = asks(amina, "GET", "/api/reminders/preferences").json()["push_key"]
    options = {"userVisibleOnly": "true", "applicationServerKey": key}
    given = httpx.post(f"{mock_service}/subscribe", json=options).json()["data"]
    body = {
        "endpoint": given["endpoint"], "key": key, "language": "fr",
        **{name: text.replace("+", "-").replace("/", "_").rstrip("=") for name, text in given["keys"].items()},
    }  # fmt: skip
    assert asks(amina, "PUT", "/api/reminders/subscription", body).status_code == 200
    assert asks(amina, "POST", "/api/reminders/test").json() == {"devices": 1}

    reminding.carry(world.rows("SELECT max(next_at) FROM push_delivery")[0][0])

    read = httpx.post(f"{mock_service}/get-notifications", json={"clientHash": given["clientHash"]}).json()
    [message] = read["data"]["messages"]
    assert json.loads(message)["notification"]["body"] == "Ceci est un essai"
    assert reminding.states() == ["accepted"]
    httpx.post(f"{mock_service}/expire-subscription/{given['clientHash']}")
    asks(amina, "POST", "/api/reminders/test")
    reminding.carry(world.rows("SELECT max(next_at) FROM push_delivery")[0][0])
    assert sorted(reminding.states()) == ["accepted", "expired"]
    assert world.rows("SELECT * FROM push_subscription") == []
