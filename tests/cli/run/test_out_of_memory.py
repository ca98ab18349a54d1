"""A line for which there is not enough memory: the kernel ends its worker, and nothing else is lost."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from skips import need
from waiting import PATIENCE, eventually

CGROUPS_1, CGROUPS_2 = Path("/sys/fs/cgroup/memory"), Path("/sys/fs/cgroup")
MB = 1_000_000
ROOM, TOO_MUCH, LITTLE = 600 * MB, 2_000, 1
EATS = f"""
    def megabytes(item):
        return len(bytearray(item * {MB}))
"""


@pytest.fixture
def group():
    """A control group whose processes share little memory."""
    made = (CGROUPS_1 if CGROUPS_1.is_dir() else CGROUPS_2) / f"crossover-test-{uuid4().hex}"
    try:
        made.mkdir()
    except OSError as error:
        need(f"control groups cannot be made here: {error}")
    files = [made / name for name in ("memory.limit_in_bytes", "memory.max") if (made / name).exists()]
    if not files:
        made.rmdir()
        need("control groups have no limit of memory here")
    files[0].write_text(str(ROOM))
    yield made
    assert eventually(lambda: not (made / "cgroup.procs").read_text())
    made.rmdir()


@pytest.mark.long
@pytest.mark.parametrize("transport", ["pool", "redis-stream"])
def test_the_line_fails_and_says_that_memory_was_short_and_the_others_are_done(
    functions, begin, group, outcome, redis_url, tmp_path, transport
):
    functions(EATS)
    lines = [TOO_MUCH if number == 18 else LITTLE for number in range(1, 41)]
    (tmp_path / "in.jsonl").write_text("".join(f"{line}\n" for line in lines))
    words = ("-i", "in.jsonl", "-o", "out.jsonl", "--failures", "bad.jsonl", "-w", "2")
    running = begin("run", "mine:megabytes", transport, *words, CROSSOVER_REDIS_URL=redis_url)
    (group / "cgroup.procs").write_text(str(running.pid))
    assert running.wait(PATIENCE) == 1, (tmp_path / "stderr").read_text()
    assert outcome() == {number: LITTLE * MB for number in range(1, 41) if number != 18}
    (failure,) = map(json.loads, (tmp_path / "bad.jsonl").read_text().splitlines())
    assert (failure["line"], failure["attempts"]) == (18, 3)
    assert (
        "was ended by SIGKILL (the kernel has ended processes for lack of memory since it started)" in failure["error"]
    )
