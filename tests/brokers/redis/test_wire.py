"""What travels to Redis and back: commands as redis-py packs them, errors as replies, connections made again."""

import time

import pytest
import redis
from redis.connection import Connection
from redis.exceptions import ResponseError

from brokers.redis.connection.client import (
    SETTINGS,
    broken_error,
    check_connection,
    connect,
    error_text,
    remove_keys,
    translate_errors,
)
from brokers.redis.connection.connection import QUIET, Commands, RedisConnection, raise_first_error
from brokers.redis.connection.silence import MAYBE, why_silent
from brokers.redis.keys import Keys
from crossover.contract.errors import BrokenError


@pytest.fixture
def connection(server):
    made = RedisConnection(server.url, "test:wire")
    yield made
    made.close()


def commands(*given):
    made = Commands()
    for one in given:
        made.add(*one)
    return made


def test_commands_are_packed_as_redis_py_packs_them():
    made = commands((b"SET", b"key", b"\r\n\x00"))
    made.add(b"RPUSH", b"list", items=[b"a", b"", b"long" * 1_000])
    made.add_each(b"XADD", b"stream", b"*", b"m", items=(one for one in [b"first", b""]))
    made.add_each(b"LREM", b"list", items=[])
    assert len(made) == 4
    words = [
        ("SET", "key", b"\r\n\x00"),
        ("RPUSH", "list", "a", "", b"long" * 1_000),
        ("XADD", "stream", "*", "m", "first"),
        ("XADD", "stream", "*", "m", ""),
    ]
    assert made.packed() == b"".join(b"".join(Connection().pack_command(*one)) for one in words)


def test_an_error_is_the_reply_to_its_own_command_only(connection):
    replies = connection.exchange(
        commands((b"SET", b"test:wire", b"x"), (b"INCR", b"test:wire"), (b"DEL", b"test:wire"))
    )
    assert (replies[0], replies[2]) == (b"OK", 1)
    assert isinstance(replies[1], ResponseError)
    with pytest.raises(ResponseError, match="not an integer"):
        raise_first_error(replies)
    raise_first_error(replies[2:])


def test_what_is_sent_in_two_parts_is_read_at_once(connection):
    connection.send(commands((b"ECHO", b"1"), (b"ECHO", b"2")))
    connection.send(commands((b"ECHO", b"3")))
    assert connection.read() == [b"1", b"2", b"3"]
    assert connection.exchange(commands((b"ECHO", b"4"))) == [b"4"]


def kill(server, name="test:wire"):
    with connect(server.url, "") as client:
        ids = [one["id"] for one in client.client_list() if one["name"] == name]
        for one in ids:
            client.client_kill_filter(_id=one)
    return len(ids)


def test_a_connection_that_redis_closed_while_it_was_quiet_is_made_again(server, connection):
    connection.exchange(commands((b"PING",)))
    assert kill(server) == 1
    connection._answered_at = time.monotonic_ns() - QUIET - 1
    assert connection.exchange(commands((b"PING",))) == [b"PONG"]
    assert QUIET == 200_000


def test_a_connection_that_is_lost_in_between_is_an_error_once(server, connection):
    connection.exchange(commands((b"PING",)))
    kill(server)
    connection._answered_at = time.monotonic_ns() + 10**10  # just now
    with pytest.raises(redis.ConnectionError):
        connection.exchange(commands((b"PING",)))
    assert connection.exchange(commands((b"ECHO", b"new"))) == [b"new"]
    kill(server)
    connection._answered_at = time.monotonic_ns() + 10**10
    lost = commands((b"ECHO", bytes(2**23)))
    with pytest.raises(redis.ConnectionError):
        connection.send(lost)  # more than the system keeps for a connection that is closed
    assert connection.exchange(commands((b"ECHO", b"new"))) == [b"new"]


def test_what_a_server_answers_too_late_is_not_taken_for_the_next_reply(server):
    made = RedisConnection(server.url, "test:wire")
    made._client.connection_pool.connection_kwargs["socket_timeout"] = 0.05
    with pytest.raises(redis.TimeoutError):
        made.exchange(commands((b"BLPOP", b"test:none", b"0.5"), (b"ECHO", b"late")))
    assert made.exchange(commands((b"ECHO", b"new"))) == [b"new"]
    made.close()


def test_one_connection_serves_single_commands_too_and_is_closed_at_the_end(server, connection):
    connection.exchange(commands((b"PING",)))
    for _ in range(3):
        connection.client.ping()
        connection.exchange(commands((b"PING",)))
    assert kill(server) == 1
    connection.exchange(commands((b"PING",)))
    connection.close()
    assert kill(server) == 0


def test_a_client_is_named_waits_so_long_and_repeats_nothing(server):
    with connect(server.url, "test:named", 3.5) as client:
        assert client.client_getname() == "test:named"
        kwargs = client.connection_pool.connection_kwargs
        assert (kwargs["socket_timeout"], kwargs["socket_connect_timeout"], kwargs["protocol"]) == (3.5, 5, 2)
        assert client.get_retry()._retries == 0
        assert kwargs["health_check_interval"] == 0
        assert client.connection is None
    with connect(server.url, "") as client:
        assert not client.client_getname()
        assert client.connection_pool.connection_kwargs["socket_timeout"] == SETTINGS["socket_timeout"] == 8
    assert "retry_attempts" in SETTINGS


def test_an_unchecked_client_connects_again_when_it_is_told_to_look(server):
    client = connect(server.url, "test:wire", unchecked=True)
    check_connection(client)
    client.ping()
    kill(server)
    check_connection(client)
    assert client.ping()
    client.close()
    with connect(server.url, "test:wire") as client:
        check_connection(client)


def test_errors_name_the_server_and_neither_the_password_nor_a_second_line():
    def refuse(url):
        with translate_errors(url), connect(url, "test") as client:
            client.ping()

    with pytest.raises(BrokenError, match=r"^Redis at 127\.0\.0\.1:9: connection refused$"):
        refuse("redis://:secret@127.0.0.1:9/0")
    assert error_text(ResponseError("OOM no more memory.\nsecond line")) == "oom no more memory"
    assert error_text(ResponseError("")) == "ResponseError"
    assert str(broken_error("redis://h:1/0", ResponseError("X."))) == "Redis at h:1: x"


def test_the_keys_of_a_run_are_removed_and_no_others(server):
    with connect(server.url, "test") as client:
        client.mset({"crossover:one:a": 1, "crossover:one:b": 1, "crossover:two:a": 1})
        assert remove_keys(server.url, "crossover:one:", "test") == 2
        assert client.keys("crossover:*:a") == [b"crossover:two:a"]
        client.delete("crossover:two:a")


def test_all_keys_of_a_run_begin_alike_and_are_different():
    keys = Keys("run")
    found = [keys.tasks, keys.outcomes, keys.workers, keys.candidates, keys.attempts, keys.taken("a"), keys.taken("b")]
    assert len({*found}) == len(found)
    assert all(key.startswith(keys.prefix) for key in found)
    assert keys.prefix == "crossover:run:"


def test_why_nothing_comes_is_said_as_far_as_it_shows(server):
    with connect(server.url, "test") as client:
        client.rpush("test:list", *range(1_234))
        client.xadd("test:stream", {"a": 1})
        assert why_silent(server.url, "test:list") == f"Redis holds 1,234 messages that no worker takes: {MAYBE}"
        assert why_silent(server.url, "test:stream").startswith("Redis holds 1 messages that no worker takes")
        client.delete("test:list", "test:stream")
        client.set("test:list", "a text")
        assert why_silent(server.url, "test:list").startswith("no task waits in Redis any more: they were deleted")
        client.delete("test:list")
        client.acl_setuser("nosy", enabled=True, nopass=True, commands=["+@all", "-info"], keys=["*"])
        assert why_silent(server.url.replace("//:", "//nosy:"), "test:list").startswith("no task waits in Redis")
        client.acl_setuser("nosy", enabled=True, commands=["-type"])
        assert why_silent(server.url.replace("//:", "//nosy:"), "test:list") == ""
        client.acl_deluser("nosy")
    assert why_silent("redis://127.0.0.1:9", "x") == "Redis at 127.0.0.1:9 does not answer: connection refused"


def test_what_redis_has_evicted_is_said(start):
    url = start("--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru").url
    with connect(url, "test") as client:
        for number in range(40):
            client.set(f"key{number}", bytes(100_000))
        client.config_set("maxmemory", "0")  # no more than so far
        evicted = client.info()["evicted_keys"]
        policy = "(maxmemory-policy allkeys-lru; use noeviction)"
        assert why_silent(url, "gone").endswith(f"it has evicted {evicted:,} keys since it started {policy}")
        client.config_set("maxmemory-policy", "noeviction")
        assert "they were deleted" in why_silent(url, "gone")
