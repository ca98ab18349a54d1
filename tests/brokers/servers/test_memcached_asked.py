"""A memcached of the user's that cannot be used is told from something else."""

import os
import subprocess

import pytest
from skips import need
from waiting import PATIENCE, eventually

from brokers.servers.addresses.urls import accepts_connections
from brokers.servers.launch import HOST, free_ports
from brokers.servers.registry import server_kind
from crossover.contract.errors import UnusableError


def test_a_memcached_that_wants_a_password_is_said_to(tmp_path):
    kind = server_kind("memcached")
    need(kind.install_hint())
    (port,) = free_ports(1)
    users = tmp_path / "users"
    users.write_text("me:secret\n")
    command = [kind.program(), "-l", HOST, "-p", str(port), "-Y", str(users)]
    process = subprocess.Popen([*command, *(["-u", "root"] if os.getuid() == 0 else [])])
    url = f"memcached://{HOST}:{port}"
    try:
        assert eventually(lambda: accepts_connections(url, kind.schemes))
        with pytest.raises(UnusableError, match=rf"memcached at {HOST}:{port} wants a user and a password"):
            kind.inspect(url)
    finally:
        process.terminate()
        process.wait(PATIENCE)
