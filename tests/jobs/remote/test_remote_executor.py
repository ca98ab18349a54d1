"""An executor over a broker: the same futures, wherever the workers are, and none that is pending for ever."""

import os
import socket
import threading
import time
from concurrent.futures import BrokenExecutor, wait
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import remote_functions as sample
from waiting import PATIENCE, eventually

from crossover import Executor
from crossover.contract.errors import CrossoverError
from crossover.jobs.errors import BrokerLostError, CallRefusedError, RemoteTraceback, WorkerDiedError

KEY, OTHER = "k" * 32, "o" * 32


@pytest.mark.long
def test_calls_come_back_as_themselves(make):
    executor = make()
    value = ((1, 2), sample.Colour.GREEN, sample.Point(1.0, {3}))
    assert executor.submit(sample.same, value).result(PATIENCE) == value
    assert executor.submit(dict, fn=1, self=2).result(PATIENCE) == {"fn": 1, "self": 2}
    failed = executor.submit(sample.fails, "text").exception(PATIENCE)
    assert type(failed) is sample.SimpleError
    assert failed.__notes__ == ["a note of the task"]
    assert type(failed.__cause__) is RemoteTraceback
    grouped = executor.submit(sample.fails_as_a_group).exception(PATIENCE)
    assert [str(one) for one in grouped.exceptions] == ["one", "two"]
    assert executor.submit(sample.exits).exception(PATIENCE).code == 3
    assert list(executor.map(pow, range(20), [2] * 20, chunksize=6)) == [number**2 for number in range(20)]
    assert sorted(executor.map_unordered(abs, range(20))) == list(range(20))
    assert executor.stats()["pending"] == executor.stats()["running"] == 0


@pytest.mark.long
def test_what_cannot_travel_fails_its_own_future_only(make):
    executor = make(1)
    futures = [
        executor.submit(lambda: 1),
        executor.submit(sample.same, object()),
        executor.submit(sample.returns_a_function),
        executor.submit(sample.dies),
        executor.submit(sample.same, 5),
    ]
    wait(futures, PATIENCE)
    errors = [future.exception(0) for future in futures]
    assert [type(error) for error in errors[:2]] == [TypeError, TypeError]
    assert "the value of remote_functions:returns_a_function cannot be sent back" in str(errors[2])
    assert type(errors[3]) is WorkerDiedError
    assert futures[4].result() == 5


@pytest.mark.long
def test_a_call_is_pending_until_a_worker_has_begun_it_and_can_be_cancelled_until_then(make, tmp_path):
    executor = make(1)
    begun, until = tmp_path / "begun", tmp_path / "until"
    first = executor.submit(sample.notes_and_waits, begun, until)
    others = [executor.submit(Path.touch, tmp_path / f"other{number}") for number in range(10)]
    assert eventually(begun.exists)
    assert eventually(first.running)
    assert not first.cancel()
    assert not any(future.running() for future in others[5:])
    assert all(future.cancel() for future in others[5:])
    until.touch()
    assert first.result(PATIENCE) > 0
    executor.shutdown()
    assert all(future.cancelled() for future in others[5:])
    assert not any((tmp_path / f"other{number}").exists() for number in range(5, 10))


@pytest.mark.long
def test_external_workers_run_what_they_allow(make, start_worker, tmp_path):
    start_worker("--allow", "remote_functions", "--allow", "builtins:pow", "-w", "1")
    executor = make(workers="external")
    assert executor.submit(sample.same, (sample.Colour.RED,)).result(PATIENCE) == (sample.Colour.RED,)
    assert executor.submit(pow, 2, 5).result(PATIENCE) == 32
    refused = executor.submit(os.getpid).exception(PATIENCE)
    assert type(refused) is CallRefusedError
    assert "'posix:getpid'" in str(refused)
    assert "--allow posix:getpid" in str(refused)
    futures = [executor.submit(sample.notes_and_waits, tmp_path / str(one), tmp_path / "until") for one in range(4)]
    assert eventually(futures[0].running)
    assert not futures[3].running()
    (tmp_path / "until").touch()
    assert len({future.result(PATIENCE) for future in futures}) == 1


@pytest.mark.long
@pytest.mark.parametrize(
    ("ours", "theirs"), [("", KEY), (KEY, ""), (KEY, OTHER)], ids=["unsigned", "no key", "other key"]
)
def test_another_key_fails_the_future_and_says_so(make, start_worker, monkeypatch, ours, theirs):
    start_worker("--allow", "remote_functions", "-w", "1", CROSSOVER_KEY=theirs)
    monkeypatch.setenv("CROSSOVER_KEY", ours)
    error = make(workers="external").submit(sample.same, 1).exception(PATIENCE)
    assert type(error) is CallRefusedError
    assert "sign" in str(error)
    assert "CROSSOVER_KEY" in str(error)


@pytest.mark.long
def test_with_the_same_key_calls_are_done(make, start_worker, monkeypatch):
    start_worker("--allow", "remote_functions", "-w", "1", CROSSOVER_KEY=KEY)
    monkeypatch.setenv("CROSSOVER_KEY", KEY)
    assert make(workers="external").submit(sample.same, (1,)).result(PATIENCE) == (1,)


@pytest.mark.long
def test_futures_fail_within_the_stated_time_when_the_server_is_gone(make, struck, transport, tmp_path):
    executor = make(transport=f"{transport}://{struck.url.partition('://')[2]}", reconnect=1)
    futures = [executor.submit(sample.notes_and_waits, tmp_path / str(one), tmp_path / "until") for one in range(5)]
    assert eventually(futures[0].running)
    struck.kill()
    errors = [future.exception(PATIENCE) for future in futures]
    assert all(type(error) is BrokerLostError for error in errors)
    assert len({id(error) for error in errors}) == len(errors)
    assert "the server cannot be reached for 1" in str(errors[0])
    with pytest.raises(BrokenExecutor):
        executor.submit(sample.same, 1)


@pytest.mark.long
def test_a_server_that_comes_back_in_time_is_waited_for(make, struck, transport, tmp_path):
    executor = make(transport=f"{transport}://{struck.url.partition('://')[2]}", reconnect=60, safety="safe")
    first = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    assert eventually((tmp_path / "begun").exists)
    struck.kill()
    late = []
    thread = threading.Thread(target=lambda: late.append(executor.submit(sample.same, 7)))
    thread.start()
    struck.restart()
    thread.join(PATIENCE)
    (tmp_path / "until").touch()
    assert late[0].result(PATIENCE) == 7
    assert first.result(PATIENCE) > 0


def knock(url):
    """Listen in the place of a server until another process than this one wants to connect."""
    with socket.create_server(("127.0.0.1", urlsplit(url).port)) as listener:
        listener.settimeout(PATIENCE)
        is_ours = True
        while is_ours:
            connection, (_, port) = listener.accept()
            with connection:
                is_ours = port in {one.laddr.port for one in psutil.Process().net_connections("tcp")}


@pytest.mark.long
@pytest.mark.parametrize("transport", ["redis-list", "redis-stream"], indirect=True)
def test_own_workers_that_start_while_the_server_is_away_wait_for_it_too(make, struck, transport):
    executor = make(transport=f"{transport}://{struck.url.partition('://')[2]}", reconnect=120, safety="safe")
    struck.kill()
    future = executor.submit(sample.same, 7)
    knock(struck.url)
    struck.restart()
    assert future.result(PATIENCE) == 7


@pytest.mark.long
def test_futures_fail_when_the_workers_of_the_executor_have_ended(make, tmp_path):
    executor = make(1)
    future = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    assert eventually((tmp_path / "begun").exists)
    executor.kill_workers()
    assert isinstance(future.exception(PATIENCE), BrokenExecutor)


@pytest.mark.long
def test_workers_that_are_terminated_finish_what_they_run(make, tmp_path):
    executor = make(1)
    first = executor.submit(sample.notes_and_waits, tmp_path / "begun", tmp_path / "until")
    later = executor.submit(sample.same, 1)
    assert eventually((tmp_path / "begun").exists)
    executor.terminate_workers()
    with pytest.raises(RuntimeError):
        executor.submit(sample.same, 2)
    (tmp_path / "until").touch()
    assert first.result(PATIENCE) > 0
    wait([later], PATIENCE)
    assert later.result() == 1 if later.exception() is None else "its workers were ended" in str(later.exception())


@pytest.mark.long
def test_without_a_worker_calls_fail_after_a_time_and_say_how_to_start_one(make, start_worker, transport):
    if transport.startswith("celery"):
        pytest.skip("its workers serve one queue, and those of other tests may be there")
    executor = make(workers="external", await_workers=1, queue=f"lonely-{time.time_ns()}")
    error = executor.submit(sample.same, 1).exception(PATIENCE)
    assert type(error) is BrokerLostError
    assert f"This starts one: crossover worker {transport}://127.0.0.1:" in str(error)
    assert "--queue lonely-" in str(error)
    assert "--allow remote_functions" in str(error)
    start_worker("--allow", "remote_functions", "--queue", executor._exchange._terms.where.rpartition(" ")[2])
    assert executor.submit(sample.same, 2).result(PATIENCE) == 2


@pytest.mark.long
def test_an_executor_belongs_to_its_process(make):
    executor = make(1)
    assert executor.submit(abs, -1).result(PATIENCE) == 1
    child = os.fork()
    if child == 0:
        try:
            executor.submit(abs, -1)
        except RuntimeError as error:
            os._exit(0 if "this executor belongs to process" in str(error) else 1)
        os._exit(2)
    assert os.waitpid(child, 0)[1] == 0
    assert executor.submit(abs, -2).result(PATIENCE) == 2


@pytest.mark.long
def test_nothing_is_left_on_the_server(make, left):
    executor = make(1)
    assert executor.submit(abs, -1).result(PATIENCE) == 1
    assert left(executor)
    executor.shutdown()
    assert left(executor) == []


def test_a_server_that_does_not_exist_is_said_at_once(transport):
    with pytest.raises(CrossoverError):
        Executor(f"{transport}://127.0.0.1:1/0")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"workers": "some"}, "workers must be one of own, external"),
        ({"max_workers": 0}, "max_workers must be greater than 0"),
        ({"reconnect": -1}, "reconnect must not be negative"),
        ({"await_workers": -1}, "await_workers must not be negative"),
        ({"safety": "unsafe"}, "unsafe"),
    ],
)
def test_options_that_make_no_sense_are_refused(make, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        make(**options)
