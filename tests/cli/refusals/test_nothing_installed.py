"""A machine without a server: its transports are skipped, or refused where they were asked for by name."""

import sys
from pathlib import Path

import pytest

QUICK = ["-W", "noop", "-n", "50", "-r", "1", "-w", "2"]


BRING = "apt-get install"


@pytest.fixture
def nothing_installed(tmp_path):
    """Variables of a machine without a server."""
    if (Path(sys.executable).parent / "redis-server").exists():
        pytest.skip("this environment brings a Redis of its own")
    return {"PATH": str(tmp_path), "CROSSOVER_RABBITMQ_URL": "amqp://127.0.0.1:1"}


def test_what_is_not_installed_is_skipped_with_the_command_that_brings_it(crossover, nothing_installed, result):
    ended = crossover("compare", *QUICK, "--json", "out.json", **nothing_installed)
    assert ended.returncode == 0, ended.stderr
    skipped = {skipped["transport"]: skipped["reason"] for skipped in result()["skipped"]}
    for name in ("redis-list", "redis-stream"):
        assert (
            "no redis-server on this machine: apt-get install redis-server, or set CROSSOVER_REDIS_URL" in skipped[name]
        )
    assert f"{BRING} redis-server" in " ".join(ended.stdout.split())


def test_a_transport_named_without_its_server_installed_is_an_error(in_process, nothing_installed):
    ended = in_process("compare", "redis-list", "queue", *QUICK, **nothing_installed)
    assert ended.returncode == 69
    assert (
        "redis-list cannot be used here: no redis-server on this machine: apt-get install redis-server" in ended.stderr
    )


def test_what_is_not_installed_is_an_error_where_nothing_may_go_untested(crossover, nothing_installed):
    ended = crossover("compare", *QUICK, CI="true", **nothing_installed)
    assert ended.returncode == 69
    assert "cannot be used here: no redis-server on this machine" in ended.stderr
