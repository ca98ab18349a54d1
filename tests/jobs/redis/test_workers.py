"""An executor over Redis with two `crossover worker`s, of which one dies, or the server does."""

from concurrent.futures import CancelledError, wait

import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.errors import BrokerLostError


def some_done(futures, count):
    return eventually(lambda: sum(future.done() for future in futures) >= count)


def end(*workers):
    for worker in workers:
        worker.terminate()
    assert [worker.wait(PATIENCE) for worker in workers] == [0] * len(workers)


@pytest.mark.long
def test_a_thousand_calls_come_back_and_nothing_is_left(serve, executor, mine, server, left):
    workers = [serve(server) for _ in range(2)]
    running = executor(server, "default")
    futures = [running.submit(mine.add, number, b=1) for number in range(1_000)]
    assert [future.result(PATIENCE) for future in futures] == [*range(1, 1_001)]
    running.shutdown()
    end(*workers)
    assert left() == []


@pytest.mark.long
def test_at_safe_every_call_is_done_although_a_worker_was_killed(serve, executor, mine, server, left):
    killed, other = [serve(server) for _ in range(2)]
    running = executor(server, "safe")
    futures = [running.submit(mine.slow, number) for number in range(60)]
    assert some_done(futures, 5)
    killed.kill()
    assert [future.result(PATIENCE) for future in futures] == [*range(60)]
    running.shutdown()
    end(other)
    assert eventually(lambda: left() == []), left()


@pytest.mark.long
def test_at_default_what_a_killed_worker_had_fails_and_everything_else_is_done(serve, executor, mine, server, left):
    killed, other = [serve(server) for _ in range(2)]
    running = executor(server, "default")
    futures = [running.submit(mine.slow, number) for number in range(60)]
    assert some_done(futures, 5)
    killed.kill()
    assert not wait(futures, PATIENCE).not_done
    lost = [future for future in futures if future.exception()]
    assert 1 <= len(lost) <= 2, lost  # the one that it did, and the one that it had taken ahead
    assert {type(future.exception()) for future in lost} == {BrokerLostError}
    assert all("has not been heard of for 6 s" in str(future.exception()) for future in lost)
    assert all(future.result() == number for number, future in enumerate(futures) if future not in lost)
    running.shutdown()
    end(other)
    assert eventually(lambda: left() == []), left()


@pytest.mark.long
def test_a_server_that_is_started_again_goes_on_where_it_was(serve, executor, mine, controlled):
    workers = [serve(controlled.url) for _ in range(2)]
    running = executor(controlled.url, "safe", reconnect=60.0)
    futures = [running.submit(mine.slow, number) for number in range(100)]
    assert some_done(futures, 5)
    controlled.kill()
    controlled.restart()
    assert [future.result(PATIENCE) for future in futures] == [*range(100)]
    assert running.submit(mine.add, 1, 2).result(PATIENCE) == 3
    running.shutdown()
    end(*workers)


@pytest.mark.long
def test_what_no_worker_has_taken_is_cancelled(serve, executor, mine, server, left, tmp_path):
    worker = serve(server)
    running = executor(server, "default")
    begun = tmp_path / "begun"
    first = running.submit(mine.wait_for, str(tmp_path / "gate"), str(begun))
    futures = [running.submit(mine.add, number, 1) for number in range(50)]
    assert eventually(begun.exists)
    assert eventually(first.running)
    assert not first.cancel()
    cancelled = [future for future in reversed(futures) if future.cancel()]
    assert len(cancelled) == 49  # one was taken ahead
    (tmp_path / "gate").touch()
    assert first.result(PATIENCE) == "done"
    assert futures[0].result(PATIENCE) == 1
    for future in cancelled:
        with pytest.raises(CancelledError):
            future.result(0)
    running.shutdown()
    end(worker)
    assert left() == []
