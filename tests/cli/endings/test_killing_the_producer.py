"""When crossover itself is killed, which nothing can catch, its workers and its memory go too."""

import contextlib
from pathlib import Path

import psutil
import pytest
from waiting import eventually

TRANSPORTS = [
    "queue",
    "queue://?start=spawn",
    "queue://?start=forkserver",
    "pipe",
    "manager",
    "manager://?start=forkserver",
    "pool",
    "executor",
    "executor://?start=forkserver",
    "shared-memory",
    "shared-memory://?start=forkserver",
]
NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""


@pytest.fixture
def kill_while_it_works(begin, family, mine, tmp_path):
    """Kill the command while its workers work; what it had and what they shared must go."""

    def kill(transport, seconds):
        process = begin("compare", transport, *mine(NAP, [seconds]), "-n", "100000", "-r", "1", "-w", "2")
        assert eventually(lambda: (tmp_path / "began").exists() or process.poll() is not None)
        assert len(family()) >= 3, (tmp_path / "stderr").read_text()
        memory = {segment for one in family() for segment in segments(one)}
        process.kill()
        assert eventually(lambda: not family()), family()
        assert eventually(lambda: not any(Path(segment).exists() for segment in memory))

    return kill


def segments(process):
    with contextlib.suppress(psutil.Error):
        return {region.path for region in process.memory_maps() if region.path.startswith("/dev/shm/psm_")}
    return set()


@pytest.mark.long
@pytest.mark.parametrize("transport", TRANSPORTS)
def test_no_worker_outlives_its_producer(kill_while_it_works, transport):
    kill_while_it_works(transport, 0.002)


@pytest.mark.long
@pytest.mark.parametrize("transport", ["queue", "pool"])
def test_not_even_one_that_is_busy_for_an_hour(kill_while_it_works, transport):
    kill_while_it_works(transport, 3600)
