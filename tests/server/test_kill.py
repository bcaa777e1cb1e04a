"""The server is killed in the middle of pushes: nothing acknowledged is lost, nothing is half done."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from server.settings import Settings
from sync.wire import encode_edit
from tests.support.process import Process
from tests.support.world import Device, World, author_of

ROUNDS, CLIENTS, BATCH = 4, 6, 25


class Client(threading.Thread):
    """Pushes batches until the server is gone; remembers what was acknowledged. ``deadly``: the next answer ends the server."""

    def __init__(self, device: Device, process: Process, author: str, deadly: threading.Event) -> None:
        super().__init__()
        self.device, self.process, self.author, self.deadly = device, process, author, deadly
        self.batches: list[list[bytes]] = []
        self.acknowledged = 0

    def run(self) -> None:
        headers = {**self.device.headers, "Content-Type": "application/json"}
        with httpx.Client(timeout=20) as http:
            while True:
                first = len(self.batches) * BATCH + 1
                batch = [self.edit(n) for n in range(first, first + BATCH)]
                self.batches.append(batch)
                try:
                    answer = http.post(f"{self.process.url}/api/sync", content=self.device.body(batch), headers=headers)
                except httpx.TransportError:
                    return
                if answer.status_code == 200:
                    assert {tuple(ack) for ack in answer.json()["acks"]} == {("ok",)}
                    self.acknowledged = len(self.batches)
                    if self.deadly.is_set():
                        self.process.kill()

    def talk(self, n: int) -> str:
        """Some new talks, some changes of earlier ones."""
        return f"{self.author} talk {n if n % 3 else max(n - 2, 1)}"

    def edit(self, n: int) -> bytes:
        body = encode_edit(self.device.edit(n, self.talk(n), channel="tent", outcome_reason=f"{n}"))
        return body.replace(self.device.author.encode(), self.author.encode())


def _until_any_is_answered(clients: Sequence[Client]) -> None:
    """On a busy machine a killed server would have answered nobody, and have had nothing to lose."""
    ends = time.monotonic() + 60
    while not any(client.acknowledged for client in clients):
        assert time.monotonic() < ends, "nobody was answered"
        time.sleep(0.01)


def _push_until_it_is_killed(clients: Sequence[Client], after_s: float, *, at_an_answer: bool) -> None:
    """At any moment; or as soon as an answer was read: what it promised must be on the disk by then."""
    for client in clients:
        client.start()
    _until_any_is_answered(clients)
    time.sleep(after_s)
    if at_an_answer:
        clients[0].deadly.set()
    else:
        clients[0].process.kill()
    for client in clients:
        client.join()


def _records_are_as_last_written(amina: Device, clients: Sequence[Client]) -> None:
    """Each talk says what the last edit of it in the history said."""
    amina.syncs()
    for client in clients:
        [(last,)] = amina.world.rows("SELECT max(n) FROM edit WHERE a = ?", client.author)
        said = {client.talk(n): f"{n}" for n in range(1, last + 1)}
        assert {talk: (amina.sees(talk) or {}).get("outcome_reason") for talk in said} == said


def test_a_killed_server_has_lost_nothing_it_acknowledged_and_did_nothing_by_halves(
    worlds: Callable[[Settings], World], settings: Settings, tmp_path: Path
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    print(f"seed {seed}")
    before = worlds(settings).organise()
    amina = before.device("amina")
    amina.sends([])
    before.stop()
    clients: list[Client] = []
    for round in range(ROUNDS):
        process = Process(settings, tmp_path / "server.log").start()
        deadly = threading.Event()
        started = [Client(amina, process, author_of(f"{seed} {round} {n}"), deadly) for n in range(CLIENTS)]
        _push_until_it_is_killed(started, chance.random() * 0.8, at_an_answer=round % 2 == 1)
        clients += started
    assert sum(client.acknowledged for client in clients) > ROUNDS

    checked = process.command("check")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    after = worlds(settings)
    amina.world = after
    for client in clients:
        held = {row[0] for row in after.rows("SELECT n FROM edit WHERE a = ?", client.author)}
        for place, batch in enumerate(client.batches):
            there = held & set(range(place * BATCH + 1, (place + 1) * BATCH + 1))
            assert len(there) in (0, len(batch)), "half a batch"
            assert there or place >= client.acknowledged, "acknowledged and lost"
        last = amina.sends(client.batches[-1], epoch=after.server.epoch)
        assert set(last.acks) <= {("ok",), ("repeat",)}
    assert after.server.epoch == before.server.epoch, "a crash is no restore"
    _records_are_as_last_written(amina, clients)
