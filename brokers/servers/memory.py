"""A server that has no memory left: how it is brought about, and undone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import msgspec

from brokers.servers.launch import RABBITMQ
from crossover.contract.errors import BrokenError, UsageError
from crossover.workers import lifetime

TOLD_WITHIN = 30.0  # seconds; rabbitmqctl starts an Erlang machine of its own
NOTHING = "{absolute, 1}"  # byte: RabbitMQ uses more
NO_ROOM = 1  # byte: Redis uses more; with what it uses now as limit, each message that is taken would make room
POLICY, MOST = "maxmemory-policy", "maxmemory"  # of Redis; the policy goes first, lest something be thrown away


def fill(kind: str, url: str, environment: Mapping[str, str]) -> str:
    """Leave a server less memory than it uses now; return what `relieve` needs to know.

    Args:
        kind: redis or rabbitmq.
        url: of the server.
        environment: that it was started with.

    Raises:
        UsageError: it is of another kind.
        BrokenError: it does not let itself be told.
    """
    if kind == "redis":
        return _fill_redis(url)
    if kind == "rabbitmq":
        return _told(environment, f"Was = vm_memory_monitor:get_vm_memory_high_watermark(), {_limit(NOTHING)}, Was.")
    raise UsageError(f"{kind} cannot be filled: it throws away what is old")


def relieve(kind: str, url: str, environment: Mapping[str, str], before: str) -> None:
    """Give a server its memory back.

    Args:
        kind: redis or rabbitmq.
        url: of the server.
        environment: that it was started with.
        before: what `fill` has returned.

    Raises:
        BrokenError: it does not let itself be told.
    """
    if kind == "redis":
        _limit_redis(url, msgspec.json.decode(before, type=dict[str, str]))
    else:
        _told(environment, f"{_limit(before)}.")


def _fill_redis(url: str) -> str:
    from brokers.redis.client import broken, connect  # noqa: PLC0415 - a client library, imported on use

    with broken(url), connect(url, "crossover:fill") as client:
        before = {name: client.config_get(name)[name] for name in (POLICY, MOST)}
        client.config_set(POLICY, "noeviction")
        client.config_set(MOST, NO_ROOM)
    return msgspec.json.encode(before).decode()


def _limit_redis(url: str, limits: Mapping[str, str]) -> None:
    from brokers.redis.client import broken, connect  # noqa: PLC0415

    with broken(url), connect(url, "crossover:fill") as client:
        for name in (MOST, POLICY):
            client.config_set(name, limits[name])


def _limit(watermark: str) -> str:
    set_limit = f"vm_memory_monitor:set_vm_memory_high_watermark({watermark})"
    return f"{set_limit}, vm_memory_monitor ! update"  # now: by itself it looks every 2.5 s


def _told(environment: Mapping[str, str], expression: str) -> str:
    """Have RabbitMQ evaluate something in Erlang: its own command for this limit does not say what it was before."""
    command = [str(RABBITMQ.resolve().with_name("rabbitmqctl")), "eval", expression]
    try:
        told = subprocess.run(
            command, env=dict(environment), capture_output=True, encoding="utf-8", timeout=TOLD_WITHIN, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BrokenError(f"rabbitmqctl: {error}") from error
    if told.returncode:
        raise BrokenError(f"rabbitmqctl: {told.stderr.strip() or told.stdout.strip()}")
    return told.stdout.strip()


class Guarded:
    """A server of somebody else, who has allowed that its memory is filled.

    Another process gives it its memory back as soon as we want it, or are no more.

    Args:
        kind, url: of the server.
    """

    def __init__(self, kind: str, url: str) -> None:
        self._kind = kind
        self._url = url
        self._guard: subprocess.Popen[bytes] | None = None

    def fill(self) -> None:
        """Let its memory be full.

        Raises:
            BrokenError: it does not let itself be told.
        """
        before = fill(self._kind, self._url, {})
        self._guard = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import guard; guard()"],
            env=lifetime.environment(),
            stdin=subprocess.PIPE,
            start_new_session=True,
        )
        assert self._guard.stdin is not None
        self._guard.stdin.write(msgspec.json.encode([self._kind, self._url, before]) + b"\n")
        self._guard.stdin.flush()

    def relieve(self) -> None:
        """Let it have its memory back.

        Raises:
            BrokenError: it has not got it.
        """
        if self._guard is not None:
            self._guard.communicate(timeout=TOLD_WITHIN)
            if self._guard.returncode:
                raise BrokenError(f"the {self._kind} server did not get its memory back")


def guard() -> None:
    """Wait until whoever started us lets go of standard input, or has ended; then give a server its memory back."""
    kind, url, before = msgspec.json.decode(sys.stdin.buffer.readline(), type=tuple[str, str, str])
    sys.stdin.buffer.read()
    relieve(kind, url, {}, before)
