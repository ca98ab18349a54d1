"""A Redis of the user's with settings of every kind: each starts in a twentieth of a second."""

import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from skips import need
from waiting import PATIENCE, eventually

from brokers.redis import programs
from brokers.servers.launch import HOST, free_ports
from brokers.servers.registry import server_kind


@contextmanager
def redis_with(*settings, program=None, configuration=()):
    """Run a server with settings; yield its client, whose `where` and `url` lead to it.

    Args:
        settings: words of its command line.
        program: its path; the installed one by default.
        configuration: lines of a file that a Sentinel has.
    """
    need(server_kind("redis").install_hint())
    port, bus = free_ports(2)
    with tempfile.TemporaryDirectory(prefix="test-") as folder:
        command = [program or programs.program()]
        if configuration:
            own = Path(folder, "own.conf")
            own.write_text("".join(f"{line}\n" for line in configuration))
            command.append(str(own))
        command += ["--port", str(port), "--bind", HOST, "--dir", folder, *settings]
        if "--cluster-enabled" in settings:
            command += ["--cluster-port", str(bus)]  # its default may be taken
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            with redis.Redis(HOST, port, retry=Retry(NoBackoff(), 0)) as client:
                assert eventually(lambda: _listens(client))
                client.where = f"{HOST}:{port}"
                client.url = f"redis://{client.where}/0"
                yield client
        finally:
            process.kill()
            process.wait(PATIENCE)


def _listens(client):
    try:
        client.ping()
    except (redis.exceptions.ResponseError, redis.exceptions.BusyLoadingError):
        return True  # a Sentinel, or a server that is not ready
    except redis.exceptions.ConnectionError:
        return False
    return True
