"""A function may start processes of its own, whichever transport brings its items."""

import pytest

POOL = """
    from multiprocessing import Pool

    def run(item):
        with Pool(2) as pool:
            return sum(pool.map(abs, range(item)))
"""
PROCESS = """
    import os
    from multiprocessing import Process

    def work(item):
        os._exit(item % 7)

    def run(item):
        child = Process(target=work, args=(item,))
        child.start()
        child.join()
        return child.exitcode
"""


@pytest.mark.parametrize(
    ("source", "transports"),
    [(POOL, ["serial", "threads", "queue", "executor"]), (PROCESS, ["threads", "pipe", "pool", "manager"])],
    ids=["pool", "process"],
)
def test_children_of_a_function(agree, source, transports):
    agree(source, *transports, "-n", "25")


def test_children_of_a_celery_task(agree, redis_url):
    agree(PROCESS, "celery+redis", "queue", "--rate", "100", "-n", "10", CROSSOVER_REDIS_URL=redis_url)
