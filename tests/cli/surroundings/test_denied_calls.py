"""A container that refuses system calls: what needs them goes on without them."""

import subprocess
import sys

import denied_calls
import pytest

from brokers.servers.registry import server_kind

COMMAND = [sys.executable, "-m", "crossover.cli.main"]
pytestmark = pytest.mark.skipif(not denied_calls.supported(), reason="calls cannot be refused here")
REFUSED = ["pidfd_open=ENOSYS", "pidfd_open=EPERM,pidfd_send_signal=EPERM", "memfd_create=ENOSYS,pidfd_open=ENOSYS"]


@pytest.fixture
def denied(tmp_path, environment):
    def run(calls, *words):
        return subprocess.run(
            [sys.executable, denied_calls.__file__, calls, *COMMAND, *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=100,
            check=False,
        )

    return run


@pytest.mark.parametrize("calls", REFUSED)
def test_a_comparison(denied, calls):
    through = ["serial", "queue", "shared-memory", *([] if server_kind("redis").install_hint() else ["redis-list"])]
    ended = denied(calls, "compare", *through, "-W", "noop", "-n", "20", "-r", "1", "-w", "2", "-q")
    assert ended.returncode == 0, ended


def test_a_dead_worker_is_noticed(denied, mine):
    words = mine("import os\ndef run(item): os._exit(3)", [1, 2])
    ended = denied(REFUSED[0], "compare", "pipe", *words, "-r", "1", "-w", "1", "-q")
    assert ended.returncode == 1
    assert "worker" in ended.stdout
    assert "Traceback" not in ended.stderr
