"""Machines as network namespaces: two with a worker, one with the broker; a cable is pulled out."""

import pytest
from networks import network as made_network
from networks import redis_in
from waiting import PATIENCE, eventually


@pytest.fixture
def network():
    with made_network() as made:
        yield made


@pytest.fixture
def broker(network, tmp_path_factory):
    with redis_in(network, tmp_path_factory.mktemp("broker")) as urls:
        yield urls


@pytest.mark.long
def test_every_call_is_done_although_a_machine_is_cut_off(network, broker, serve, executor, mine, tmp_path):
    address, socket = broker
    cut_off, _ = [serve(address, before=("ip", "netns", "exec", name)) for name in network.workers]
    running = executor(socket, "safe")
    begun, gate = tmp_path / "begun", tmp_path / "gate"
    futures = [running.submit(mine.note, str(begun), number, str(gate)) for number in range(100)]
    assert eventually(lambda: begun.exists() and len(begun.read_text()) >= 22)  # each machine has one that waits
    network.cut_off(0)
    gate.touch()
    assert [future.result(PATIENCE) for future in futures] == [*range(100)]
    assert len(begun.read_text()) > 100  # what the machine had is done again
    assert cut_off.poll() is None  # it lives, and tries to connect again
    cut_off.kill()
