"""The whole lot at once, through every transport: one digest, nothing lost, status 0."""

import pytest

from crossover.contract.registry import TRANSPORTS, load

EVERYTHING = """
    import contextlib
    import io
    import multiprocessing
    import os
    import signal
    import sys
    import tempfile
    import threading
    from concurrent.futures import ThreadPoolExecutor

    multiprocessing.set_start_method("spawn")
    pool = ThreadPoolExecutor(2)
    sys.stdout = open("mine.log", "w")

    def run(item):
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(60)
        with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            print(item)
            total = sum(pool.map(abs, range(item)))
        signal.alarm(0)
        return total
"""


@pytest.mark.long
def test_all_transports_do_all_of_it_alike(agree, redis_url, running_rabbitmq):
    names = [name for name in TRANSPORTS if running_rabbitmq or "rabbitmq" not in name]
    through_a_server = [name for name in names if load(name).traits.server]
    local = [name for name in names if name not in through_a_server]
    servers = {"CROSSOVER_REDIS_URL": redis_url, **running_rabbitmq}
    at_a_rate = ["--rate", "100", "-n", "10"]  # without the probes of each transport's overhead
    runs = agree(EVERYTHING, *local) + agree(EVERYTHING, *through_a_server, *at_a_rate, **servers)
    assert [run["transport"] for run in runs] == [*local, *through_a_server]
    assert len({run["value_digest"] for run in runs}) == 1
