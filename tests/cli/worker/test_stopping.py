"""A worker is stopped in three steps: it finishes what it has, or gives it back, or loses what the level says."""

import os
import signal
from pathlib import Path

import pytest
from waiting import PATIENCE, eventually

ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)


@pytest.fixture
def busy(mine, executor, tmp_path):
    """Let a worker begin a call that waits; return the executor and its calls: one runs, and one was taken ahead."""

    def begin(safety="default"):
        ours = executor(safety)
        words = str(tmp_path / "go"), str(tmp_path / "begun")
        numbers = [ours.send(mine.wait_for, *words), ours.send(mine.add, 1, 1)]
        assert eventually(Path(words[1]).exists)
        return ours, numbers

    return begin


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_lets_it_finish_what_it_has(mine, serve, busy, tmp_path, number):
    worker = serve()
    ours, numbers = busy()
    assert worker.has_told("taken", 2)
    worker.process.send_signal(number)
    assert worker.has_told("stopping")
    later = ours.send(mine.add, 2, 2)
    (tmp_path / "go").touch()
    assert ours.wait(*numbers) == ["done", 2]
    assert worker.process.wait(PATIENCE) == 0
    assert not worker.events("given_back")
    serve()
    assert ours.wait(later) == [4]


@pytest.mark.long
@ONE
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_so_does_one_to_the_whole_group(serve, busy, tmp_path, number):
    worker = serve()
    ours, numbers = busy()
    assert worker.has_told("taken", 2)
    os.killpg(worker.process.pid, number)
    assert worker.has_told("stopping")
    (tmp_path / "go").touch()
    assert ours.wait(*numbers) == ["done", 2]
    assert worker.process.wait(PATIENCE) == 0
    assert not worker.events("died")


@pytest.mark.long
@ONE
def test_a_worker_without_calls_stops_at_once(serve):
    worker = serve()
    worker.process.terminate()
    assert worker.process.wait(PATIENCE) == 0
    assert worker.has_told("stopped")
    assert not worker.state.exists()


@pytest.mark.long
@pytest.mark.parametrize("safety", ["default", "safe"])
def test_the_second_signal_gives_it_back_to_the_broker(serve, busy, tmp_path, safety):
    worker = serve()
    ours, numbers = busy(safety)
    assert worker.has_told("taken", 2)
    worker.process.terminate()
    assert worker.has_told("stopping")
    worker.process.terminate()
    assert worker.process.wait(PATIENCE) == 130
    assert len(worker.events("given_back")) == 2
    (tmp_path / "go").touch()
    serve()
    assert ours.wait(*numbers) == ["done", 2]
    assert all(len(ours.outcomes[number]) == 1 for number in numbers)


@pytest.mark.long
@ONE
def test_of_one_process_and_one_call_it_says_one(mine, begin, executor, server, transport, queue_name, tmp_path):
    words = ("--allow", "mine_worker", "--queue", queue_name, "-w", "1")
    process = begin("worker", transport, *words, **{server.variable: server.url})
    executor("default").send(mine.wait_for, str(tmp_path / "go"), str(tmp_path / "begun"))
    assert eventually((tmp_path / "begun").exists)
    for said in ("it stops when 1 call is done", "stopped; 1 call was given back"):
        process.terminate()
        assert eventually(lambda said=said: said in (tmp_path / "stderr").read_text())
    assert process.wait(PATIENCE) == 130
    assert "ready: 1 process runs mine_worker for " in (tmp_path / "stderr").read_text()


@pytest.mark.long
@ONE
def test_so_does_the_time(serve, busy, tmp_path):
    worker = serve("--shutdown-time", "0.2s")
    ours, numbers = busy()
    worker.process.terminate()
    assert worker.process.wait(PATIENCE) == 130
    (tmp_path / "go").touch()
    serve()
    assert ours.wait(*numbers) == ["done", 2]


@pytest.mark.long
def test_at_safe_what_a_killed_worker_had_is_done_by_another(serve, busy, tmp_path):
    worker = serve(lease="?lease=2s")
    ours, numbers = busy("safe")
    worker.process.kill()
    worker.process.wait(PATIENCE)
    (tmp_path / "go").touch()
    serve()  # it has the lease of the queue
    assert ours.wait(*numbers, seconds=60) == ["done", 2]


@pytest.mark.long
def test_at_default_what_a_killed_worker_had_is_lost_and_its_executor_hears_of_it(serve, busy, tmp_path):
    worker = serve(lease="?lease=2s")
    ours, numbers = busy()
    assert worker.has_told("taken", 2)
    worker.process.kill()
    worker.process.wait(PATIENCE)
    (tmp_path / "go").touch()
    assert all(isinstance(one, LookupError) for one in ours.wait(*numbers, seconds=60))


@pytest.mark.long
@ONE
def test_no_process_outlives_a_killed_worker(mine, serve, executor, family):
    worker = serve()
    pid = executor().call(mine.pid)
    assert pid != worker.process.pid
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait(PATIENCE)
    assert eventually(lambda: not family())
