"""Machines as network namespaces: some with a worker, one with the broker.

Who sends calls reaches the broker over a Unix socket, so that this machine's own network stays as it is.
"""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress

from skips import need
from waiting import PATIENCE, eventually

from brokers.redis import programs
from brokers.redis.connection.client import connect
from brokers.servers.registry import server_kind

BROKER = "10.77.19.1"


def ip(*words):
    return subprocess.run(["ip", *words], capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False)


class Network:
    """A namespace for the broker, with a bridge, and one for each worker."""

    def __init__(self, mark, machines=2):
        self.broker = f"{mark}b"
        self.workers = [f"{mark}{number}" for number in range(machines)]
        self._ends = [f"v{name}" for name in self.workers]

    def build(self):
        """Return why it cannot be built, or None."""
        for words in self._plan():
            done = ip(*words)
            if done.returncode:
                return f"network namespaces cannot be made here: {done.stderr.strip()}"
        return None

    def cut_off(self, number):
        """Pull the cable of a worker out."""
        assert ip("-n", self.broker, "link", "set", self._ends[number], "down").returncode == 0

    def remove(self):
        for name in (self.broker, *self.workers):
            ip("netns", "del", name)

    def _plan(self):
        inside = ("-n", self.broker)
        yield "netns", "add", self.broker
        yield *inside, "link", "add", "bridge", "type", "bridge"
        yield *inside, "addr", "add", f"{BROKER}/24", "dev", "bridge"
        yield *inside, "link", "set", "bridge", "up"
        yield *inside, "link", "set", "lo", "up"
        for number, (name, end) in enumerate(zip(self.workers, self._ends, strict=True)):
            yield "netns", "add", name
            yield *inside, "link", "add", end, "type", "veth", "peer", "name", "eth0", "netns", name
            yield *inside, "link", "set", end, "master", "bridge", "up"
            yield "-n", name, "addr", "add", f"10.77.19.{number + 10}/24", "dev", "eth0"
            yield "-n", name, "link", "set", "eth0", "up"
            yield "-n", name, "link", "set", "lo", "up"


@contextmanager
def network():
    """A broker's namespace, and two for workers; they are gone at the end."""
    need(None if shutil.which("ip") else "there is no ip(8)")
    made = Network(f"x{os.getpid()}")
    try:
        need(made.build())
        yield made
    finally:
        made.remove()


@contextmanager
def redis_in(network, folder):
    """A Redis in the broker's namespace; its URLs, for workers and for the executor."""
    need(server_kind("redis").install_hint())
    words = [
        "--bind",
        BROKER,
        "--port",
        "6379",
        "--protected-mode",
        "no",
        "--unixsocket",
        folder / "s",
        "--dir",
        folder,
    ]
    command = ["ip", "netns", "exec", network.broker, programs.program(), *map(str, words), "--appendonly", "yes"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    socket = f"unix://{folder}/s"
    try:
        assert eventually(lambda: _answers(socket))
        yield f"redis://{BROKER}:6379/0", socket
    finally:
        process.kill()
        process.wait(PATIENCE)


def _answers(url):
    with suppress(Exception), connect(url, "test") as client:
        return client.ping()
    return False
