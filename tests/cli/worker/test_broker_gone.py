"""The broker of a worker goes away, and comes back."""

import pytest
from rabbitmq_sides import await_on_disk
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.private import PrivateServer
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.jobs.remote.transports import SERVERS

ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)


@pytest.fixture
def struck(transport):
    """A server of this test's own, which keeps what it has on disk."""
    need(server_kind(SERVERS[transport]).install_hint())
    started = PrivateServer(SERVERS[transport], Safety.SAFE)
    yield started
    started.stop()


@pytest.mark.long
def test_a_worker_connects_again_and_goes_on(mine, serve, executor, struck, crossover, tmp_path, transport, queue_name):
    worker = serve(url=struck.url)
    ours = executor("safe", struck.url)
    running = ours.send(mine.wait_for, str(tmp_path / "go"), str(tmp_path / "begun"))
    assert eventually((tmp_path / "begun").exists)
    if transport == "rabbitmq":
        await_on_disk(struck, queue_name)
    struck.kill()
    assert worker.has_told("disconnected")
    check = ["worker", transport, "--healthcheck", "--state", worker.state]
    ended = crossover(*check)
    assert ended.returncode == 1
    assert "not connected" in ended.stderr
    (tmp_path / "go").touch()
    struck.restart()
    assert worker.has_told("connected")
    assert crossover(*check).returncode == 0
    ours.queue.close()
    later = executor("safe", struck.url)
    assert later.call(mine.add, 1, 1) == 2
    assert eventually(lambda: any(event["number"] == running for event in worker.events("done")))
    assert worker.process.poll() is None


@pytest.mark.long
@ONE
def test_without_a_broker_it_ends_when_it_is_told_to(serve, struck):
    worker = serve(url=struck.url)
    struck.kill()
    assert worker.has_told("disconnected")
    worker.process.terminate()
    assert worker.process.wait(PATIENCE) == 0
