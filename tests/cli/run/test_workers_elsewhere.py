"""A job whose workers others have started: on another machine, or in another terminal."""

import os
import signal

import pytest
from rabbitmq_sides import lose_data_of
from skips import serve
from waiting import PATIENCE, eventually

from brokers.servers.registry import server_kind
from crossover.jobs.remote.rabbitmq.messages import Names
from crossover.jobs.remote.transports import SERVERS

pytestmark = pytest.mark.usefixtures("functions")
FUNCTIONS = """
    import os, pathlib, signal, time

    def same(item):
        return item

    def cut_off_once(item):
        '''End the service and all its processes at the first line 30, as a machine does that loses its power.'''
        time.sleep(0.002)
        if item == 30 and not os.path.exists("was cut off"):
            pathlib.Path("was cut off").touch()
            os.killpg(0, signal.SIGKILL)
        return item
"""


@pytest.fixture
def transport():
    """Over which the job runs; tests may have others."""
    return "redis-stream"


@pytest.fixture
def struck():
    """A RabbitMQ of this test alone, which it may kill."""
    server = serve("rabbitmq")
    yield server
    server.stop()


@pytest.fixture
def elsewhere(functions, tmp_path, transport, request):
    """The words of a job over a queue of this test, and the variable that leads to its server."""
    functions(FUNCTIONS)
    (tmp_path / "in.jsonl").write_text("".join(f"{number}\n" for number in range(1, 61)))
    queue = f"{tmp_path.name}-{os.getpid()}"
    kind = server_kind(SERVERS[transport])
    there = f"{transport}?workers=external&queue={queue}"
    words = ("run", "mine:{}", there, "-i", "in.jsonl", "-o", "out.jsonl")
    struck = request.getfixturevalue("struck").url if "struck" in request.fixturenames else ""
    return queue, words, {kind.variable: struck or request.getfixturevalue(f"{SERVERS[transport]}_url")}


@pytest.fixture
def worker(begin, elsewhere, tmp_path, transport):
    """Start a worker for the queue of this test."""
    queue, _, variables = elsewhere
    begun = []

    def start(allowed):
        state = tmp_path / f"state-{len(begun)}"
        lease = "" if transport == "rabbitmq" else "?lease=1"  # there, a lost connection says that a worker is gone
        words = ("worker", f"{transport}{lease}", "--queue", queue, "--allow", allowed, "-w", "1", "--state", state)
        begun.append(process := begin(*words, **variables))
        assert eventually(lambda: "ready" in (tmp_path / "stderr").read_text() or process.poll() is not None)
        return process

    return start


def words_of(elsewhere, function):
    return [word.format(function) for word in elsewhere[1]]


@pytest.mark.long
def test_no_worker_runs_so_the_command_that_starts_one_is_shown(begin, elsewhere, tmp_path):
    process = begin(*words_of(elsewhere, "same"), **elsewhere[2])
    said = tmp_path / "stderr"
    assert eventually(lambda: "This starts one" in said.read_text())
    assert "where CROSSOVER_REDIS_URL is set: crossover worker redis-stream --queue" in said.read_text()
    assert said.read_text().count("--allow mine") == 1
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130


@pytest.mark.long
def test_a_function_that_workers_do_not_allow_ends_the_job_which_can_go_on(crossover, elsewhere, worker, outcome):
    worker("json")
    ended = crossover(*words_of(elsewhere, "same"), **elsewhere[2])
    assert ended.returncode == 69
    assert ended.stderr.count("start it with --allow mine or --allow mine:same\n") == 1
    assert "Traceback" not in ended.stderr
    assert outcome() == {}


@pytest.mark.long
@pytest.mark.parametrize("transport", ["redis-stream", "redis-list", "rabbitmq"])
def test_lines_of_a_worker_that_is_cut_off_are_done_by_another_one(crossover, elsewhere, worker, outcome):
    first, second = worker("mine"), worker("mine")
    ended = crossover(*words_of(elsewhere, "cut_off_once"), **elsewhere[2])
    assert ended.returncode == 0, ended.stderr
    assert outcome() == {number: number for number in range(1, 61)}
    assert [first.poll(), second.poll()].count(-signal.SIGKILL) == 1


@pytest.mark.long
def test_a_dry_run_counts_the_workers_that_are_there(crossover, elsewhere, worker):
    worker("mine")
    ended = crossover(*words_of(elsewhere, "same"), "--dry-run", **elsewhere[2])
    assert ended.returncode == 0, ended.stderr
    assert " with 1 worker; values would be written to out.jsonl." in ended.stdout


@pytest.mark.long
@pytest.mark.parametrize("transport", ["rabbitmq"])
def test_a_queue_that_accepts_nothing_ends_the_job_and_no_line_is_to_blame(
    crossover, elsewhere, worker, outcome, struck
):
    worker("mine")
    lose_data_of(struck, Names(elsewhere[0]).calls)
    struck.kill()
    struck.restart()
    ended = crossover(*words_of(elsewhere, "same"), **elsewhere[2])
    assert ended.returncode == 69, ended.stderr
    assert "rabbitmqctl delete_queue" in ended.stderr
    assert outcome() == {}
