"""Asks a Redis or Valkey about itself. What this user may not ask stays unknown, and is no reason to refuse it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import redis

from brokers.redis.connection.client import ANSWER_WITHIN, SCHEMES, connect, error_text
from brokers.redis.inquiry.facts import UNKNOWN, Answers, RedisFacts
from brokers.redis.inquiry.rehearsal import CannotWriteError, rehearse
from brokers.redis.programs import OLDEST, is_new_enough
from brokers.servers.addresses.urls import SOCKET, host_and_port, port_in
from crossover.contract.errors import UnusableError

TLS_WITHIN = 2.0  # seconds
NOT_TLS = {"WRONG_VERSION_NUMBER", "UNEXPECTED_EOF_WHILE_READING", "RECORD_LAYER_FAILURE"}
"""What OpenSSL calls the answers of a server that does not speak TLS."""
HOW_TO_WRITE = {
    "READONLY": "is a read-only replica; name its master",
    "You can't write against a read only replica": "is a read-only replica; name its master",
    "NOREPLICAS": "has fewer replicas than min-replicas-to-write, so it accepts no writes",
    "MISCONF": "accepts no writes, because it could not save a snapshot (stop-writes-on-bgsave-error)",
    "command not allowed when used memory": "is full (maxmemory), so it accepts no writes",
    "Redis is loading": "is still loading its data; try again when it has",
}
"""How a server's refusal to write begins → what to do about it."""


def ask(url: str) -> RedisFacts:
    """Ask for everything, and try every command that we use.

    Raises:
        UnusableError: there is no server, or nothing can use it.
    """
    answers = read(url)
    with _sentences(url), connect(url, "") as client:
        try:
            forbidden = rehearse(client)
        except CannotWriteError as error:
            said = str(error)
            known = (sentence for begins, sentence in HOW_TO_WRITE.items() if said.startswith(begins))
            raise UnusableError(f"{answers.title} {next(known, f'accepts no writes: {said}')}") from error
    return RedisFacts(answers._replace(forbidden=forbidden))


def read(url: str) -> Answers:
    """Return what a server says of itself.

    Raises:
        UnusableError: there is no server, or nothing can use it.
    """
    with _sentences(url), connect(url, "") as client:
        hello, info = _hello(client), _allowed(client.info)
        settings = _allowed(client.config_get) if info.get("redis_mode", hello.get("mode")) != "sentinel" else {}
        masters = _allowed(client.sentinel_masters) if hello.get("mode") == "sentinel" else {}
    product = str(info.get("server_name", hello.get("server", "redis")))
    version = str(info.get(f"{product}_version", hello.get("version", info.get("redis_version", UNKNOWN))))
    user = urlsplit(url).username or "default"
    answers = Answers(product, version, host_and_port(url, SCHEMES), unquote(user), info, settings, {})
    mode = info.get("redis_mode", hello.get("mode"))
    if not is_new_enough(version):
        raise UnusableError(
            f"{answers.title} is version {version}; crossover needs {'.'.join(map(str, OLDEST))} or newer"
        )
    if mode == "sentinel":
        named = "; ".join(f"{name} is at {one['ip']}:{one['port']}" for name, one in masters.items())
        raise UnusableError(f"{answers.title} is a Sentinel, which keeps no data; name a master: {named or UNKNOWN}")
    if mode == "cluster" or info.get("cluster_enabled"):
        raise UnusableError(f"{answers.title} is a node of a cluster, where the keys of a run lie on several nodes")
    if info.get("role", hello.get("role")) in {"slave", "replica"}:
        master = f" at {info['master_host']}:{info['master_port']}" if "master_host" in info else ""
        raise UnusableError(f"{answers.title} is a replica; name its master{master}")
    if info.get("loading"):
        left = f", for about {info['loading_eta_seconds']} s more" if "loading_eta_seconds" in info else ""
        raise UnusableError(f"{answers.title} is still loading its data{left}; try again when it has")
    return answers


def _hello(client: redis.Redis) -> Mapping[str, Any]:
    """Return what HELLO says, which every user may ask; nothing where the server, or a proxy, does not know it."""
    with suppress(redis.ResponseError):
        said: Any = client.execute_command("HELLO")  # type: ignore[no-untyped-call]
        if isinstance(said, list):
            said = dict(zip(said[::2], said[1::2], strict=False))
        if isinstance(said, dict):
            return {_text(name): _text(value) for name, value in said.items()}
    return {}


def _text(value: Any) -> Any:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _allowed(question: Any) -> Mapping[str, Any]:
    """Return an answer, empty where this user may not ask; a server that is loading its data answers none."""
    try:
        answer: Any = question()
    except redis.ResponseError:
        return {}
    except redis.exceptions.BusyLoadingError:
        return {}
    return answer if isinstance(answer, Mapping) else {}


@contextmanager
def _sentences(url: str) -> Iterator[None]:
    """Turn what goes wrong while a server is asked into one sentence.

    Raises:
        UnusableError: with the sentence.
    """
    where = host_and_port(url, SCHEMES)
    try:
        yield
    except redis.AuthenticationError as error:
        raise UnusableError(f"Redis at {where} refuses the user or the password") from error
    except redis.exceptions.NoPermissionError as error:
        raise UnusableError(f"Redis at {where}: {error_text(error)}") from error
    except redis.TimeoutError as error:
        tls = SCHEMES[urlsplit(url).scheme].tls
        how = "over TLS (without TLS, its URL begins with redis://)" if tls else "like Redis"
        silent = f"what listens at {where} does not answer {how} within {ANSWER_WITHIN:.0f} s"
        raise UnusableError(silent) from error
    except redis.InvalidResponse as error:
        raise UnusableError(_why_no_redis(url, f"what listens at {where} is not Redis")) from error
    except TypeError as error:  # redis-py passes each option of the URL on as a keyword argument
        option = str(error).rpartition(" ")[2]
        raise UnusableError(f"the URL of redis has an option that redis-py does not know: {option}") from error
    except (redis.RedisError, OSError, ValueError) as error:
        raise UnusableError(_why_no_redis(url, _why_refused(where, error))) from error


def _why_refused(where: str, error: Exception) -> str:
    said = str(error)
    if "DB index" in said:
        return f"Redis at {where} has no database of this number; its setting `databases` says how many it has"
    if said.startswith("DENIED") or "protected mode" in said:
        return f"Redis at {where} is in protected mode: without a password it serves its own machine only"
    if "WRONG_VERSION_NUMBER" in said.upper() or "RECORD_LAYER" in said.upper():
        return f"what listens at {where} does not speak TLS: write redis://"
    return f"no Redis at {where}: {error_text(error)}"


def _why_no_redis(url: str, otherwise: str) -> str:
    """Return that a server which was spoken to in plain speaks TLS, if it does."""
    parts = urlsplit(url)
    scheme = SCHEMES[parts.scheme]
    if scheme == SOCKET or scheme.tls or "refused" in otherwise or not parts.hostname:
        return otherwise
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    speaks = f"what listens at {host_and_port(url, SCHEMES)} speaks TLS: write rediss://"
    try:
        with socket.create_connection((parts.hostname, port_in(url, SCHEMES)), TLS_WITHIN) as line:
            context.wrap_socket(line).close()
    except ssl.SSLError as error:
        return otherwise if error.reason in NOT_TLS or error.reason is None else speaks
    except OSError:
        return otherwise
    return speaks
