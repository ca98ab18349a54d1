"""A container that refuses system calls: what needs them goes on without them.

As a program, test_denied_calls.py CALL=ERROR[,...] PROGRAM... runs a program to which the kernel refuses calls, by a
real filter (seccomp), as containers have it; every process that the program starts inherits it.
"""

import ctypes
import errno
import os
import platform
import struct
import subprocess
import sys

import pytest

from brokers.servers.registry import server_kind

NUMBERS = {
    "x86_64": {"pidfd_open": 434, "pidfd_send_signal": 424, "memfd_create": 319},
    "aarch64": {"pidfd_open": 434, "pidfd_send_signal": 424, "memfd_create": 279},
}
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, FILTER = 22, 38, 2
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000


class Program(ctypes.Structure):
    """A program for the kernel's packet filter."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def supported():
    """Return whether calls can be refused here."""
    return sys.platform == "linux" and platform.machine() in NUMBERS


def deny(errors):
    """Have the kernel refuse system calls, each with its error number."""
    code = [(LOAD, 0, 0, 0)]  # the number of the call
    for name, number in errors.items():
        code += [(JUMP_IF_EQUAL, 0, 1, NUMBERS[platform.machine()][name]), (RETURN, 0, 0, FAIL | number)]
    code.append((RETURN, 0, 0, ALLOW))
    text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
    program = Program(len(code), ctypes.cast(text, ctypes.c_void_p).value)
    prctl = ctypes.CDLL(None).prctl
    if prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or prctl(PR_SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0):
        sys.exit("no system calls can be refused here")


COMMAND = [sys.executable, "-m", "crossover.cli.main"]
pytestmark = pytest.mark.skipif(not supported(), reason="calls cannot be refused here")
REFUSED = ["pidfd_open=ENOSYS", "pidfd_open=EPERM,pidfd_send_signal=EPERM", "memfd_create=ENOSYS,pidfd_open=ENOSYS"]


@pytest.fixture
def denied(tmp_path, environment):
    def run(calls, *words):
        return subprocess.run(
            [sys.executable, __file__, calls, *COMMAND, *words],
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


if __name__ == "__main__":
    deny({name: getattr(errno, error) for name, error in (word.split("=") for word in sys.argv[1].split(","))})
    os.execvp(sys.argv[2], sys.argv[2:])
