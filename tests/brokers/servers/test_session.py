"""Resources that are kept until the command ends are stopped once, by the process that started them."""

import subprocess
import sys

import pytest
from waiting import PATIENCE

SCRIPT = """
import os, sys
from brokers.servers import session

class Kept:
    def stop(self):
        print("stopped by", "the child" if child == 0 else "the parent", flush=True)

child = -1
first = session.keep("key", Kept, lambda kept: True)
assert session.keep("key", Kept, lambda kept: True) is first
child = os.fork()
if child == 0:
    if sys.argv[1] == "keeps its own":
        assert session.keep("key", Kept, lambda kept: True) is not first
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize(
    ("how", "printed"),
    [
        ("leaves", "stopped by the parent\n"),
        ("keeps its own", "stopped by the child\nstopped by the parent\n"),
    ],
)
def test_a_forked_process_stops_only_the_resources_that_it_started(how, printed):
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert ended.stdout == printed, ended.stderr
    assert ended.returncode == 0
