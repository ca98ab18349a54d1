"""A pool of processes in the function: made and ended in threads, again and again, as it is in a worker."""

POOL = """
    from multiprocessing import Pool

    def run(item):
        with Pool(2) as pool:
            return sum(pool.map(abs, range(item)))
"""


def test_a_pool_for_every_item(agree):
    agree(POOL, "threads", "queue", "executor", "-n", "25")
