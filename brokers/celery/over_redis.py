"""Celery over Redis: messages in lists, results in keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

import redis

from brokers.celery.broker import CeleryBroker
from brokers.celery.results.backend import OutstandingMessage, Result, ResultBackend
from brokers.celery.results.in_redis import FetchedResults, RedisResults
from brokers.celery.settings import ANSWER_WITHIN, CONNECT_WITHIN, ENVELOPE_BYTES, RETRIES, SAFE, Names, merged
from brokers.redis.connection.client import LARGEST_MESSAGE, SCHEMES, connect, remove_keys
from brokers.redis.dead_letters import dead_letter
from brokers.servers.addresses.urls import SOCKET
from crossover.contract.safety import Safety

CLEANUP_ANSWER_WITHIN = 2.0  # seconds


class CeleryOverRedis(CeleryBroker):
    """Redis, as Celery uses it."""

    server = "redis"
    amqp = "brokers.celery.envelopes.redis_transport:RedisAmqp"
    result_backends: ClassVar[Mapping[str, str]] = dict.fromkeys(
        SCHEMES, "brokers.celery.envelopes.result_backends:RedisBackend"
    )
    errors = (redis.RedisError,)
    levels: ClassVar[Mapping[Safety, Mapping[str, Any]]] = {
        Safety.FAST: {"broker_transport_options": {"ack_emulation": False}},  # kombu: keeps a copy until acknowledged
        Safety.SAFE: SAFE,
    }
    tuned: ClassVar[Mapping[str, Any]] = {
        "worker_disable_rate_limits": True,  # Celery: looks up whether each task has a limit
        "worker_enable_remote_control": False,  # Celery: True; private workers receive no commands
        "broker_transport_options": {
            "priority_steps": [0],  # kombu: 0, 3, 6, 9; it looks at a list for each
            "keep_client": True,  # ours; kombu makes a client of redis-py for each message, and for its acknowledgement
        },
    }
    producer: ClassVar[Mapping[str, Any]] = {
        "result_backend_thread_safe": True,  # Celery: False; a backend, and a connection, for each thread
        "redis_socket_connect_timeout": CONNECT_WITHIN,  # Celery: none
        "redis_socket_timeout": ANSWER_WITHIN,  # Celery: 120 s
        "result_backend_transport_options": {"retry_policy": RETRIES},
        "broker_transport_options": {
            "socket_connect_timeout": CONNECT_WITHIN,  # kombu: none
            "socket_timeout": ANSWER_WITHIN,  # kombu: none
            "max_retries": 1,  # kombu: for ever
        },
    }
    send: ClassVar[Mapping[str, Any]] = {"retry": False}  # Celery: True, three times; a task sent twice would run twice

    def connection_settings(self, url: str, names: Names, visibility: int) -> Mapping[str, Any]:
        """Return URLs, the prefix of all keys, and when messages of killed workers come back."""
        prefix = {"global_keyprefix": names.key_prefix}
        address = celery_url(url)
        found = {
            "broker_url": address,
            "result_backend": address,
            "broker_transport_options": prefix,
            "result_backend_transport_options": prefix,
        }
        return merged(found, redelivery_after(visibility)) if visibility else found

    def settings_of_reader(self, keep_aside: Callable[[str, Any], Any]) -> Mapping[str, Any]:
        """Return how kombu reads the lists of tasks; over RabbitMQ, it passes on whatever comes."""
        return {"broker_transport_options": {"keep_aside": keep_aside}}

    def largest_message(self, url: str) -> int:
        """Return how many bytes of ours fit into one message: kombu writes it as base64."""
        return (LARGEST_MESSAGE - ENVELOPE_BYTES) // 4 * 3

    def dead_letter(self, url: str, names: Names, reason: str, message: bytes) -> str | None:
        """Keep a message aside in the list of refused messages."""
        with connect(url, f"{names.key_prefix}dead-letter") as client:
            return dead_letter(client, reason, names.key_prefix, message)

    def task_queue(self, names: Names) -> str:
        """Return the key of the list."""
        return f"{names.key_prefix}{names.tasks}"

    def created(self, names: Names) -> list[str]:
        """Return what all of its keys begin with."""
        return [names.key_prefix]

    def remove(self, url: str, names: Names) -> None:
        """Remove all keys of a run."""
        remove_keys(url, names.key_prefix, f"{names.key_prefix}end", CLEANUP_ANSWER_WITHIN)

    def results(
        self,
        app: Any,
        names: Names,
        outstanding: Mapping[str, OutstandingMessage],
        take: Callable[[Result], Any],
        *,
        tuned: bool = False,
    ) -> ResultBackend:
        """Return how the producer receives results."""
        return (FetchedResults if tuned else RedisResults)(app, outstanding, take)

    def ping(self, app: Any, producer: Any) -> None:
        """PING the server."""
        app.backend.client.ping()

    def close_results(self, app: Any, *, lost: bool) -> None:
        """Stop listening, and disconnect."""
        with suppress(Exception):  # whatever is already lost
            app.backend.result_consumer.stop()
        with suppress(Exception):
            app.backend.client.connection_pool.disconnect()


def celery_url(url: str) -> str:
    """Return the URL of a Redis server in Celery's spelling."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if SCHEMES[parts.scheme] == SOCKET:
        query["virtual_host"] = query.pop("db", "0")
        return f"redis+socket://{parts.netloc}{parts.path}?{urlencode(query)}"  # urllib would leave out the slashes
    if SCHEMES[parts.scheme].tls:
        query.setdefault("ssl_cert_reqs", "required")  # the default of redis-py; Celery requires it in the URL
        return parts._replace(query=urlencode(query)).geturl()
    return url


def redelivery_after(seconds: int) -> dict[str, Any]:
    """Return what makes kombu deliver messages of a killed worker again.

    Args:
        seconds: counted from when a message was taken, even if it is still being worked on.
    """
    return {
        "broker_transport_options": {
            "visibility_timeout": seconds,  # kombu: 3600 s
            "unacked_restore_interval": 1,  # kombu: 10 s between two looks at them, and ...
            "unacked_restore_throttle": 1,  # ... 10: it looks every tenth time only
            "unacked_mutex_expire": 2,  # kombu: no look for 300 s where a worker was killed during one
        }
    }
