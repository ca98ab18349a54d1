"""What a module makes at import - a pool of threads, an open file, a cache - is new in every process that runs it."""

from collections import Counter

import pytest

POOL = """
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(2)

    def run(item):
        return sum(pool.map(abs, range(item)))
"""


@pytest.mark.long
def test_an_executor_that_was_used_in_one_run_works_in_the_next(agree):
    agree(POOL, "serial", "queue", "threads", "pool")


OPEN_FILE = """
    import time

    file = open("items.jsonl", "rb")

    def run(item):
        file.seek(10 * (item - 100_000_000))
        time.sleep(0.001)  # a reader that shares the position moves it meanwhile
        return file.read(10).decode()
"""


@pytest.mark.long
def test_a_file_is_opened_by_each_worker(agree, mine):
    agree(OPEN_FILE, "serial", "queue", "pipe", "pool", items=range(100_000_000, 100_000_060))


CACHED = """
    import functools
    import os

    @functools.lru_cache
    def run(item):
        with open("calls", "a") as file:
            file.write(f"{os.getpid()}\\n")
        return item
"""


@pytest.mark.long
def test_no_worker_finds_the_cache_of_another_run(agree, tmp_path):
    agree(CACHED, "serial", "queue", "pool", "-w", "1")
    calls = Counter((tmp_path / "calls").read_text().split())
    assert len(calls) == 5, "a worker of each transport, and two processes that learn what a task takes"
    assert sorted(calls.values())[:4] == [10, 10, 10, 10]  # in the fifth, two threads may miss the same item
    assert max(calls.values()) >= 10


@pytest.mark.long
def test_a_cache_that_the_check_fills_does_not_reach_the_workers(agree, tmp_path):
    source = f"""{CACHED}
    run.check = lambda item, value: run(item) == value
    """
    agree(source, "serial", "queue", "-w", "1")
    calls = Counter((tmp_path / "calls").read_text().split())
    assert len(calls) >= 3, "a worker of each transport, and what checks the values"
    assert set(calls.values()) == {10}
