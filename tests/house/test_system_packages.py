"""What .ci/system changes on a machine for a while is changed back, however it ends."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from waiting import PATIENCE, eventually

SCRIPT = Path(__file__).parents[2] / ".ci" / "system"
APT = """#!/bin/sh
touch "$BEGAN"
[ -z "$SLOW" ] || exec sleep 3
"""


@pytest.fixture
def begin(tmp_path):
    """Start it with a policy file and an apt-get of ours; return the process and the file."""
    policy, began = tmp_path / "policy-rc.d", tmp_path / "began"
    script = tmp_path / "system"
    script.write_text(SCRIPT.read_text().replace("/usr/sbin/policy-rc.d", str(policy)))
    programs = {"apt-get": APT, "id": "#!/bin/sh\necho 0\n"}
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o700)

    def start(slow):
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "BEGAN": str(began), "SLOW": slow}
        words = ["sh", str(script), "no-such-program:nothing"]
        process = subprocess.Popen(words, env=path, stderr=subprocess.DEVNULL, start_new_session=True)
        assert eventually(lambda: began.exists() or process.poll() is not None)
        return process, policy

    return start


def test_services_may_start_again_when_it_has_ended(begin):
    process, policy = begin("")
    assert process.wait(PATIENCE) == 0
    assert not policy.exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_services_may_start_again_when_it_was_interrupted(begin, number):
    process, policy = begin("slow")
    assert policy.exists()
    os.killpg(process.pid, number)
    assert process.wait(PATIENCE) == 130
    assert not policy.exists()
