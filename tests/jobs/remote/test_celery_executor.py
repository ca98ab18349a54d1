"""What is special to calls in Celery workers: withdrawing, workers that die, and what is left."""

import signal
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pika
import psutil
import pytest
import redis
import remote_functions as sample
from waiting import PATIENCE, eventually

from brokers.celery.settings import EXTERNAL, Names
from crossover.contract.safety import Safety
from crossover.jobs.errors import BrokerLostError
from crossover.jobs.remote.celery.watch import SILENT_FOR

CELERY = ["celery+redis", "celery+rabbitmq"]
KILLED = """
import sys, time
sys.path[:0] = {paths}
from crossover import Executor
import remote_functions as sample

if __name__ == "__main__":
    executor = Executor({transport!r}, 1)
    executor.submit(sample.notes_and_waits, {begun!r}, {until!r})
    time.sleep(60)
"""


def ended(process):
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def keys(address):
    with redis.Redis.from_url(f"redis://{address.partition('://')[2]}") as client:
        return list(client.scan_iter("crossover:crossover-*"))


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
def test_a_call_that_a_worker_has_taken_ahead_can_be_withdrawn_from_it(make, start_worker, tmp_path):
    start_worker("--allow", "remote_functions", "-w", "1", "--prefetch", "3")
    executor = make(workers="external")
    first = executor.submit(sample.notes_and_waits, tmp_path / "first", tmp_path / "until")
    others = [executor.submit(sample.notes_and_waits, tmp_path / f"{one}", tmp_path / "until") for one in range(8)]
    assert eventually(first.running)
    assert not first.cancel()
    assert all(future.cancel() for future in others)
    (tmp_path / "until").touch()
    assert first.result(PATIENCE) > 0
    assert executor.submit(sample.same, 1).result(PATIENCE) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.isdigit()] == []


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
def test_what_has_not_begun_when_an_executor_gives_up_is_not_begun_by_workers_elsewhere(make, start_worker, tmp_path):
    start_worker("--allow", "remote_functions", "--allow", "pathlib", "-w", "1", "--prefetch", "3")
    executor = make(workers="external")
    first = executor.submit(sample.notes_and_waits, tmp_path / "first", tmp_path / "until")
    others = [executor.submit(Path.touch, tmp_path / f"{one}") for one in range(8)]
    assert eventually(first.running)
    executor.kill_workers()
    assert all(future.exception(PATIENCE) for future in others)
    executor.shutdown()
    (tmp_path / "until").touch()
    assert make(workers="external").submit(sample.same, 1).result(PATIENCE) == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.isdigit()] == []


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
def test_a_call_that_is_larger_than_its_server_accepts_fails_alone(make, monkeypatch):
    executor = make()
    assert executor.submit(abs, -1).result(PATIENCE) == 1
    monkeypatch.setattr(executor._exchange._queue, "_limit", 10_000)
    too_large = executor.submit(len, b"x" * 10_001)
    assert executor.submit(abs, -2).result(PATIENCE) == 2
    with pytest.raises(ValueError, match=r"a call of 10,\d+ bytes is over the limit of R"):
        too_large.result(PATIENCE)


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
@pytest.mark.parametrize("safety", ["default", "safe"])
def test_without_a_worker_calls_say_which_one_to_start_for_the_level_and_name_no_queue(make, struck, transport, safety):
    url = f"{transport}://{struck.url.partition('://')[2]}"
    executor = make(transport=url, workers="external", await_workers=0, safety=safety)
    error = str(executor.submit(sample.same, 1).exception(PATIENCE))
    assert error.startswith(f"no worker has served {transport} on 127.0.0.1:")
    assert "queue" not in error
    assert f"This starts one: crossover worker {transport}://127.0.0.1:" in error
    assert (" -s safe " in error) is (safety == "safe")


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
def test_where_there_is_no_worker_calls_are_taken_back_and_the_others_wait_for_one(make, start_worker, tmp_path):
    executor = make(workers="external")
    futures = [executor.submit(Path.touch, tmp_path / str(number)) for number in range(4)]
    assert [future.cancel() for future in futures[:3]] == [True] * 3
    assert not futures[3].running()
    start_worker("--allow", "pathlib", "-w", "1")
    assert futures[3].result(PATIENCE) is None
    assert [path.name for path in tmp_path.iterdir() if path.name.isdigit()] == ["3"]


@pytest.mark.long
@pytest.mark.parametrize("transport", CELERY)
def test_a_call_whose_worker_was_killed_with_all_its_processes_fails(make, start_worker, tmp_path):
    worker = start_worker("--allow", "remote_functions", "-w", "1")
    executor = make(workers="external")
    future = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    assert eventually((tmp_path / "begun").exists)
    kill(worker)
    error = future.exception(PATIENCE)
    assert type(error) is BrokerLostError
    assert "the one that had it has ended" in str(error)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["celery+rabbitmq"])
def test_at_the_safe_level_another_worker_does_it(make, start_worker, tmp_path):
    worker = start_worker("--allow", "remote_functions", "-w", "1", "-s", "safe")
    executor = make(workers="external", safety="safe")
    future = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    assert eventually((tmp_path / "begun").exists)
    kill(worker)
    (tmp_path / "until").touch()
    start_worker("--allow", "remote_functions", "-w", "1", "-s", "safe")
    assert future.result(PATIENCE) > 0


@pytest.mark.long
@pytest.mark.parametrize("transport", ["celery+rabbitmq"])
@pytest.mark.parametrize("with_another", [False, True])
def test_at_the_safe_level_a_call_waits_for_a_worker_that_has_it_and_does_not_answer_yet(
    make, start_worker, address, tmp_path, with_another
):
    executor = make(workers="external", safety="safe")
    server = pika.URLParameters(f"amqp://{address.partition('://')[2]}")
    start = partial(start_worker, "--allow", "pathlib", "-w", "1", "-s", "safe")
    with closing(pika.BlockingConnection(server)) as beginning:  # as a worker does, on a machine that is busy
        future = executor.submit(Path.touch, tmp_path / "done")
        taken = beginning.channel().consume(Names(EXTERNAL, Safety.SAFE).tasks, inactivity_timeout=PATIENCE)
        assert next(taken)[0] is not None
        if with_another:
            start()
        with pytest.raises(TimeoutError):
            future.exception(4 * SILENT_FOR)
    if not with_another:
        start()
    assert future.result(PATIENCE) is None


@pytest.mark.long
@pytest.mark.parametrize("transport", ["celery+redis"])
def test_an_executor_that_is_killed_leaves_no_worker_and_no_key(address, tmp_path):
    begun, until = tmp_path / "begun", tmp_path / "until"
    paths = [path for path in sys.path if path]
    before = keys(address)
    script = KILLED.format(paths=paths, transport=address, begun=str(begun), until=str(until))
    process = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path)
    assert eventually(begun.exists)
    family = psutil.Process(process.pid).children(recursive=True)
    assert set(keys(address)) - set(before)
    process.kill()
    process.wait()
    assert eventually(lambda: all(ended(one) for one in family))
    assert not set(keys(address)) - set(before)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["celery+redis"])
def test_the_worker_says_whether_it_lives(start_worker, tmp_path):
    worker = start_worker("--allow", "remote_functions", "-w", "1")
    check = [sys.executable, "-m", "crossover", "worker", "celery+redis", "--healthcheck", "--state"]
    command = [*check, str(tmp_path / "state0")]
    assert subprocess.run(command, timeout=PATIENCE, check=False, capture_output=True).returncode == 0
    worker.send_signal(signal.SIGTERM)
    worker.wait(PATIENCE)
    ran = subprocess.run(command, timeout=PATIENCE, check=False, capture_output=True, text=True)
    assert (ran.returncode, "no worker has written" in ran.stderr) == (1, True)


def kill(worker):
    """End a worker and all its processes, as a machine does that loses its power."""
    family = [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]
    for process in family:
        process.suspend()
    for process in family:
        process.kill()
    worker.wait(PATIENCE)
