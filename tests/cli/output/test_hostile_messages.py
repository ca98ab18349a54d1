"""What a user's module raises, and what a server says of itself, is shown; a terminal obeys none of it."""

import re
import socket
import threading
from contextlib import closing

import pytest

OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "\x1b]0;owned\x07\x9b31m\r\u202e"


@pytest.mark.parametrize(
    "source",
    [
        f"raise ValueError({HOSTILE!r})\n",
        f"def run(x): return x\ndef check(item, value): raise ValueError({HOSTILE!r})\nrun.check = check\n",
        f"def run(x): raise ValueError({HOSTILE!r})\n",
        f"def run(x): raise type({HOSTILE!r}, (Exception,), {{}})({HOSTILE!r})\n",
        f"def run(x): return {HOSTILE!r}\nrun.check = lambda item, value: False\n",
    ],
    ids=["import", "check", "run", "class", "value"],
)
def test_an_exception_of_a_module_is_escaped(in_process, mine, source):
    done = in_process("compare", "serial", *mine(source), "-r", "1", "-n", "5")
    assert "]0;owned" in done.stdout + done.stderr
    assert not OBEYED.findall(done.stdout + done.stderr)


@pytest.fixture
def talkative():
    """Something that answers each line as a memcached of an odd version would."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with closing(connection):
                    while connection.recv(4_096):
                        connection.sendall(
                            f"VERSION 1.6{HOSTILE[:-2]}[link=http://example.com]x[/nothing]\r\n".encode()
                        )

        threading.Thread(target=serve, daemon=True).start()
        yield f"memcached://127.0.0.1:{server.getsockname()[1]}"


def test_what_a_server_says_of_itself_is_escaped(in_process, talkative):
    done = in_process("doctor", CROSSOVER_MEMCACHED_URL=talkative)
    assert done.returncode == 0
    assert "is not memcached: " in done.stdout
    assert not OBEYED.findall(done.stdout + done.stderr)
