"""A pool of processes in the function: made and ended in threads, again and again, as it is in a worker."""

import pytest

POOL = """
    from multiprocessing import Pool

    def run(item):
        with Pool(2) as pool:
            return sum(pool.map(abs, range(item)))
"""


@pytest.mark.long
def test_a_pool_for_every_item(agree):
    agree(POOL, "threads", "queue", "executor", "-n", "25")


SPAWNED = """
    import multiprocessing

    def run(item):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.map(abs, range(item))
"""


@pytest.mark.long
def test_processes_that_a_celery_task_spawns(agree, redis_url):
    agree(SPAWNED, "serial", "celery+redis", items=(2,), CROSSOVER_REDIS_URL=redis_url)
