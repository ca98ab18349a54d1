"""A worker does the calls that it allows, and says what became of the others."""

import os

import pytest
from waiting import eventually

from crossover.jobs.errors import CallRefusedError
from crossover.jobs.remote.messages import encode_call
from crossover.jobs.remote.signing import Signer

ONE = pytest.mark.parametrize("transport", ["redis-stream"], indirect=True)


@pytest.mark.long
def test_calls_are_done_and_their_values_come_back(mine, serve, executor):
    ours = executor()
    numbers = [ours.send(mine.add, one, 1) for one in range(50)]  # some before there is a worker
    serve("-w", "2")
    numbers += [ours.send(mine.add, one, 1) for one in range(50, 100)]
    assert ours.wait(*numbers) == [one + 1 for one in range(100)]
    assert all(len(ours.outcomes[number]) == 1 for number in numbers)


@pytest.mark.long
@ONE
def test_an_exception_comes_back_with_the_traceback_of_the_worker(mine, serve, executor):
    serve()
    error = executor().call(mine.boom)
    assert type(error) is ValueError
    assert str(error) == "no"
    assert "in boom" in str(error.__cause__)


@pytest.mark.long
@ONE
def test_a_function_that_is_not_allowed_fails_its_call_only(mine, serve, executor):
    worker = serve()
    ours = executor()
    refused, hidden, done = ours.send(os.getcwd), ours.send(mine._hidden), ours.send(mine.add, 1, 1)
    error, other, value = ours.wait(refused, hidden, done)
    assert type(error) is type(other) is CallRefusedError
    assert "getcwd" in str(error)
    assert "--allow" in str(error)
    assert value == 2
    assert worker.has_told("refused", 2)


@pytest.mark.long
@ONE
def test_one_function_can_be_allowed(mine, serve, executor):
    serve(allow="mine_worker:add")
    ours = executor()
    assert ours.call(mine.add, 2, 3) == 5
    assert type(ours.call(mine.boom)) is CallRefusedError


@pytest.mark.long
def test_a_process_that_dies_fails_its_call_and_is_replaced(mine, serve, executor):
    worker = serve()
    ours = executor()
    numbers = [ours.send(mine.die), ours.send(mine.add, 1, 1)]
    error, value = ours.wait(*numbers)
    assert "was ended by SIGKILL" in str(error)
    assert value == 2
    assert worker.has_told("died")


@pytest.mark.long
def test_at_safe_the_call_of_a_process_that_dies_is_done_by_another(mine, serve, executor, tmp_path):
    serve()
    assert executor("safe").call(mine.die_once, str(tmp_path / "died")) == "done"


@pytest.mark.long
def test_an_executor_is_told_which_calls_run(mine, serve, executor, tmp_path):
    serve()
    ours = executor()
    number = ours.send(mine.wait_for, str(tmp_path / "go"), str(tmp_path / "begun"))
    while number not in ours.notes:
        ours.receive()
    assert number not in ours.outcomes
    (tmp_path / "go").touch()
    assert ours.wait(number) == ["done"]


@pytest.mark.long
def test_what_waits_behind_a_long_call_is_cancelled_or_done_by_another_worker(mine, serve, executor, tmp_path):
    serve()
    ours = executor()
    ours.wait(*[ours.send(mine.add, one, 1) for one in range(300)])  # short ones: the worker takes many at a time now
    long = ours.send(mine.wait_for, str(tmp_path / "go"), str(tmp_path / "begun"))
    others = [ours.send(mine.add, one, 1) for one in range(40)]
    assert eventually((tmp_path / "begun").exists)
    assert eventually(lambda: ours.queue.withdraw(others[-1]))
    serve()
    assert eventually(lambda: ours.receive() or sum(number in ours.outcomes for number in others) >= len(others) - 2)
    assert long not in ours.outcomes
    (tmp_path / "go").touch()
    assert ours.wait(long, *others[:-1]) == ["done", *range(1, 40)]
    assert others[-1] not in ours.outcomes
    assert (tmp_path / "begun").read_text() == "x"


@pytest.mark.long
@ONE
@pytest.mark.parametrize(("words", "function"), [(["--max-tasks", "1"], "pid"), (["--max-memory", "60M"], "grow")])
def test_processes_are_replaced(mine, serve, executor, words, function):
    serve(*words)
    ours = executor()
    numbers = [ours.send(getattr(mine, function)) for _ in range(4)]
    assert len(set(ours.wait(*numbers))) == 4


@pytest.mark.long
@ONE
def test_a_call_that_takes_too_long_is_killed(mine, serve, executor, tmp_path):
    worker = serve()
    ours = executor()
    late = ours.send(mine.spin_until, str(tmp_path / "never"), timeout=0.3)
    error, value = ours.wait(late, ours.send(mine.add, 1, 1))
    assert isinstance(error, TimeoutError)
    assert value == 2
    assert worker.has_told("timed_out")


@pytest.mark.long
@ONE
def test_lines_are_json_and_have_what_belongs_to_each_event(mine, serve, executor):
    worker = serve()
    executor().call(mine.add, 1, 1)
    assert worker.has_told("done")
    ready, taken, done = worker.events()
    assert (ready["event"], ready["allow"], ready["workers"]) == ("ready", ["mine_worker"], 1)
    assert taken["event"] == "taken"
    assert done["function"] == "mine_worker:add"
    assert done["number"] == taken["number"]
    assert done["seconds"] >= 0
    assert all(event["time"].endswith("+00:00") for event in (ready, taken, done))


@pytest.mark.long
@ONE
def test_with_a_key_only_signed_calls_are_done_and_each_once(mine, serve, executor):
    key = "k" * 32
    worker, ours, signer = serve(CROSSOVER_KEY=key), executor(), Signer(key.encode())
    signed, unsigned = ours.send(mine.add, 1, 1, signer=signer), ours.send(mine.add, 1, 1)
    value, reason = ours.wait(signed, unsigned, signer=signer)
    assert value == 2
    assert "has a CROSSOVER_KEY: set the same one where it comes from" in str(reason)
    ours.queue.send(encode_call(signed, ours.run, mine.add, (1, 1), {}, ours.queue.reply_to, signer=signer), signed)
    assert worker.has_told("refused", 2)
    assert "it is replayed" in worker.events("refused")[1]["why"]
    assert len(worker.events("taken")) == 1
