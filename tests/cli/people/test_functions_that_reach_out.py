"""Functions that reach into what runs them: their errors, their clocks, their signals, their locks."""

import json

import pytest

MODULE = """
import multiprocessing, os, signal, time

LOCK = multiprocessing.get_context("spawn").Lock()


class Fatal(Exception):
    def __str__(self):
        raise SystemExit(7)


def fatal(item):
    raise Fatal


def freeze_time(item):
    time.monotonic_ns = lambda: 0
    time.monotonic = time.time = lambda: 0.0
    return item


def interrupt_parent(item):
    if os.getppid() > 1 and item == 2:
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(0.5)
    return item


def fork(item):
    if os.fork() == 0 and item % 2:
        raise SystemExit(0)
    return item


def close_descriptors(item):
    os.closerange(3, 256)
    return item


def ring(item):
    items = [item]
    items.append(items)
    return items


def locked(item):
    with LOCK:
        return item
"""


@pytest.fixture
def compare(crossover, tmp_path):
    """Compare transports with a function of the module above; returns status, runs and messages."""
    (tmp_path / "reaching.py").write_text(MODULE)
    (tmp_path / "items.jsonl").write_text("1\n2\n3\n4\n")

    def run(function, *transports):
        words = ["compare", *transports, "-W", f"reaching:{function}", "-i", "items.jsonl", "-n", "4"]
        done = crossover(*words, "-r", "1", "-w", "1", "-q", "--json", "-")
        return done.returncode, json.loads(done.stdout)["runs"], done.stderr

    return run


@pytest.mark.long
def test_an_error_whose_message_ends_the_interpreter_is_an_error_of_its_task(compare):
    status, runs, messages = compare("fatal", "serial", "queue")
    assert (status, messages) == (1, "")
    assert [run["reasons"] for run in runs] == [{"Fatal: (its message cannot be shown: SystemExit)": 4}] * 2


@pytest.mark.long
def test_a_function_that_freezes_the_time_does_not_freeze_what_is_measured(compare):
    status, runs, _ = compare("freeze_time", "serial", "queue")
    assert status == 0
    assert all(run["throughput"] > 0 and run["execute_seconds"] > 0 for run in runs)


@pytest.mark.long
def test_a_signal_that_a_task_sends_to_the_producer_is_named(compare):
    status, [run], messages = compare("interrupt_parent", "queue")
    assert (status, messages) == (1, "")
    assert "SIGINT" in run["ending"]


@pytest.mark.long
@pytest.mark.parametrize("batch", ["1", "4"])
def test_the_child_that_a_task_forks_does_not_go_on_as_a_worker(compare, batch):
    status, runs, messages = compare("fork", "serial", "queue", "executor", "-b", batch)
    assert (status, messages) == (0, "")
    assert [run["delivery"]["completed"] for run in runs] == [4] * 3


@pytest.mark.long
def test_a_worker_whose_descriptors_are_closed_ends_with_one_sentence(compare):
    status, [run], messages = compare("close_descriptors", "queue?start=spawn")
    assert status == 1
    assert run["ending"].startswith("a process died: worker")
    assert "cannot reach its producer any more: OSError: [Errno 9]" in messages
    assert "Exception ignored" not in messages


@pytest.mark.long
def test_a_value_that_contains_itself_is_a_value(compare):
    status, runs, _ = compare("ring", "serial", "queue")
    assert status == 0
    assert len({run["value_digest"] for run in runs}) == 1


@pytest.mark.long
def test_a_lock_that_the_module_made_is_removed_without_a_warning(compare):
    assert compare("locked", "queue?start=spawn")[::2] == (0, "")
