"""Celery's pool keeps nothing in the temporary folder: not while it works, not after it, however the command ends."""

import signal

import pytest
import redis
from waiting import PATIENCE, eventually

NAP = """
    import pathlib, time

    def run(item):
        pathlib.Path("began").touch()
        time.sleep(item)
"""


@pytest.mark.long
@pytest.mark.parametrize("ending", ["by itself", "SIGINT", "SIGKILL"])
def test_no_folder_is_left(begin, family, mine, tmp_path, temporary, redis_url, ending):
    tasks = "50" if ending == "by itself" else "100000"
    words = ["compare", "celery+redis", *mine(NAP, [0.01]), "-n", tasks, "-r", "1", "-w", "2"]
    process = begin(*words, CROSSOVER_REDIS_URL=redis_url)
    assert eventually(lambda: (tmp_path / "began").exists() or process.poll() is not None)
    assert not list(temporary.iterdir())
    if ending != "by itself":
        process.send_signal(signal.Signals[ending])
    process.wait(PATIENCE)
    assert eventually(lambda: not family()), family()
    assert not list(temporary.iterdir()), (tmp_path / "stderr").read_text()
    with redis.Redis.from_url(redis_url) as client:
        client.flushdb()  # what a killed run leaves there; other tests look at this server, too
