"""Functions that change where modules are found: what runs them has imported what it needs."""

import json

import pytest

MODULE = """
import sys


def run(item):
    sys.path.clear()
    return item
"""


@pytest.mark.long
def test_a_task_that_clears_the_import_path_is_sent_back_by_every_transport(crossover, tmp_path, redis_url):
    (tmp_path / "clearing.py").write_text(MODULE)
    (tmp_path / "items.jsonl").write_text("1\n2\n3\n4\n")
    transports = ["serial", "queue", "redis-list", "celery+redis"]
    load = ["-i", "items.jsonl", "-n", "4", "-r", "1", "-w", "1"]
    words = ["compare", *transports, "-W", "clearing:run", *load, "-q", "--json", "-"]
    done = crossover(*words, CROSSOVER_REDIS_URL=redis_url)
    runs = json.loads(done.stdout)["runs"]
    assert (done.returncode, done.stderr) == (0, "")
    assert len(runs) == len(transports)
    assert len({run["value_digest"] for run in runs}) == 1
