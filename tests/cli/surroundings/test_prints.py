"""What tasks print appears on standard error through every transport; standard output is for results."""

import json
import subprocess
import sys

import pytest
from skips import need

from brokers.servers.registry import server_kind

PRINTS = """
    import logging, os, sys
    from celery.utils.log import get_task_logger

    logging.basicConfig(format="%(message)s", level=logging.INFO)
    print("imported")

    def run(item):
        print("printed", item)
        print("complaint", item, file=sys.stderr)
        get_task_logger(__name__).info("logged %d", item)
        os.write(1, b"written %d\\n" % item)
        os.system(f"echo echoed {item}")
        return item
"""


def _agrees(ended, runs):
    assert ended.returncode == 0, ended
    assert json.loads(ended.stdout)["kind"] == "comparison"
    lines = ended.stderr.splitlines()
    for word in ("printed", "complaint", "logged", "written", "echoed"):
        for item in range(1, 6):
            assert lines.count(f"{word} {item}") >= runs, (word, item, ended.stderr)
    assert "imported" in lines


LOCAL = ("serial", "threads", "queue", "queue?start=spawn", "pool", "executor?start=forkserver", "manager", "pipe")


@pytest.mark.long
def test_local_transports(crossover, mine):
    _agrees(crossover("compare", *LOCAL, *mine(PRINTS), "-r", "1", "-w", "2", "-q", "--json", "-"), len(LOCAL))


@pytest.mark.long
@pytest.mark.parametrize("kind", ["redis", "rabbitmq"])
def test_brokers_and_celery(crossover, mine, kind):
    need(server_kind(kind).install_hint())
    through = ("redis-list", "celery+redis") if kind == "redis" else ("rabbitmq",)
    _agrees(crossover("compare", *through, *mine(PRINTS), "-r", "1", "-w", "2", "-q", "--json", "-"), len(through))


@pytest.mark.long
def test_a_closed_standard_error_is_no_reason_to_print_into_the_result(mine, environment, tmp_path):
    words = mine(PRINTS)
    program = "import os, sys; os.close(2); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    command = [sys.executable, "-c", program, "-m", "crossover.cli.main", "compare", "queue", *words, "-r", "1", "-q"]
    ended = subprocess.run(
        [*command, "--json", "-"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, check=False
    )
    assert json.loads(ended.stdout)["kind"] == "comparison"


@pytest.mark.long
def test_the_log_of_a_celery_worker_stays_its_own(crossover, mine, redis_url):
    """A warning of a task's logger appears as through any other transport, Celery's own log does not."""
    words = mine("import logging\ndef run(item): logging.getLogger('mine').warning('warned'); return item")
    through = ("queue", "celery+redis")
    ended = crossover("compare", *through, *words, "-r", "1", "-w", "1", "-n", "5", "-q", CROSSOVER_REDIS_URL=redis_url)
    assert ended.returncode == 0
    assert set(ended.stderr.splitlines()) == {"warned"}


@pytest.mark.long
@pytest.mark.parametrize("transport", ["serial", "threads", "pipe", "pool"])
def test_what_was_printed_before_a_process_ends_itself(crossover, mine, transport):
    words = mine("import os\ndef run(item): print('last words'); os._exit(3)", [1])
    ended = crossover("compare", transport, *words, "-r", "1", "-w", "1", "-q", PYTHONUNBUFFERED="")
    assert "last words" in ended.stderr
