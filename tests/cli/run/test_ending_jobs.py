"""How a job ends early: Ctrl-C, a signal, SIGKILL, a full disk. What has come back is kept; it goes on later."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
import redis
from waiting import PATIENCE, eventually

pytestmark = pytest.mark.usefixtures("functions")
LINES = 20_000
LONGEST = 75  # characters of a folder in which a fork server can have its socket: what is to be ended must begin there
FUNCTIONS = """
    import pathlib, time

    def wide(item):
        return "x" * 100

    def long(item):
        pathlib.Path(f"begun {item}").touch()
        time.sleep(0 if item < 5 else 600)
        return item

    def no_moment(item):
        time.sleep(0.05)  # such lines travel alone
        return long(item)
"""
RUN = ("-i", "in.jsonl", "-o", "out.jsonl", "-w", "2")


@pytest.fixture
def long_job(functions, tmp_path, begin):
    """Begin a job whose fifth line takes ten minutes; return its process when that has begun."""
    functions(FUNCTIONS)
    (tmp_path / "in.jsonl").write_text("".join(f"{number}\n" for number in range(1, 9)))

    def start(transport, **variables):
        alone = ("--max-in-flight", "1")  # lines that travel with the long one would come back with it
        process = begin("run", "mine:long", transport, *RUN, *alone, **variables)
        assert eventually((tmp_path / "begun 5").exists), (tmp_path / "stderr").read_text()
        assert eventually(lambda: (tmp_path / "out.jsonl").read_bytes().count(b"\n") == 4)
        return process

    return start


@pytest.mark.long
@pytest.mark.parametrize(
    ("transport", "number"),
    [
        ("pool", signal.SIGINT),
        ("pool", signal.SIGTERM),
        ("pool", signal.SIGHUP),
        ("threads", signal.SIGINT),
        ("serial", signal.SIGTERM),
        ("redis-stream", signal.SIGINT),
    ],
)
def test_a_signal_ends_it_at_once_also_in_the_middle_of_a_long_line_and_nothing_is_left(
    long_job, family, outcome, redis_url, transport, number
):
    random_part = "/12345678"
    prefix = "run-".ljust(LONGEST - len(tempfile.gettempdir() + random_part), "x")
    with tempfile.TemporaryDirectory(prefix=prefix) as files:
        process = long_job(transport, CROSSOVER_REDIS_URL=redis_url, TMPDIR=files)
        process.send_signal(number)
        process.send_signal(number)  # a second one changes nothing
        assert process.wait(PATIENCE) == 130
        assert eventually(lambda: not family())
        assert eventually(lambda: not list(Path(files).iterdir()))
    assert outcome() == {1: 1, 2: 2, 3: 3, 4: 4}


@pytest.mark.long
def test_what_came_before_its_turn_is_not_counted_as_done(functions, begin, tmp_path):
    functions(FUNCTIONS)
    (tmp_path / "in.jsonl").write_text("1\n2\n5\n3\n4\n")
    ordered = ("--ordered", "--json", "result.json", "--max-in-flight", "2")
    process = begin("run", "mine:no_moment", "pool", *RUN, *ordered)
    assert eventually((tmp_path / "begun 4").exists)
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 130
    written = len((tmp_path / "out.jsonl").read_text().splitlines())
    (run,) = json.loads((tmp_path / "result.json").read_text())["runs"]
    assert run["done"] == written == 2


@pytest.mark.long
@pytest.mark.parametrize("transport", ["pool", "redis-stream", "celery+redis"])
def test_its_workers_and_its_server_end_with_a_command_that_is_killed(long_job, family, outcome, tmp_path, transport):
    with tempfile.TemporaryDirectory(prefix="run-") as files:  # short: a socket is in it
        long_job(transport, TMPDIR=files).kill()
        assert eventually(lambda: not family())
        assert eventually(lambda: not list(Path(files).glob("pymp-*")))
    assert "Traceback" not in (tmp_path / "stderr").read_text()
    assert outcome() == {1: 1, 2: 2, 3: 3, 4: 4}


@pytest.mark.long
def test_its_queue_on_a_server_of_the_users_is_removed_when_a_command_is_killed(long_job, family, redis_url):
    with redis.Redis.from_url(redis_url) as server:
        before = set(server.keys("crossover:jobs:*"))
        process = long_job("redis-stream", CROSSOVER_REDIS_URL=redis_url)
        assert set(server.keys("crossover:jobs:*")) - before
        process.kill()
        assert eventually(lambda: not set(server.keys("crossover:jobs:*")) - before)
    assert eventually(lambda: not family())


@pytest.fixture
def small_disk(tmp_path):
    """A disk with room for half of an output."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root can mount")
    (disk := tmp_path / "disk").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1M", "tmpfs", disk]
    mounted = subprocess.run(mount, capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.mark.parametrize("transport", ["serial", "pool"])
def test_a_full_disk_ends_it_and_it_goes_on_when_there_is_room(
    in_process, functions, tmp_path, small_disk, outcome, transport
):
    functions(FUNCTIONS)
    (tmp_path / "in.jsonl").write_text("1\n" * LINES)
    words = ("run", "mine:wide", transport, "-i", "in.jsonl", "-o", small_disk / "out.jsonl")
    ended = in_process(*words)
    assert ended.returncode == 1
    assert "out.jsonl cannot be written: No space left on device; when there is room, the same command goes on" in (
        ended.stderr
    )
    assert "Not finished (the output cannot be written)." in ended.stdout
    before = outcome("disk/out.jsonl")
    assert 0 < len(before) < LINES
    subprocess.run(["mount", "-o", "remount,size=8M", small_disk], check=True)
    ended = in_process(*words)
    assert ended.returncode == 0, ended.stderr
    assert f"{len(before):,} lines had been done before" in ended.stdout
    assert len(outcome("disk/out.jsonl")) == LINES
