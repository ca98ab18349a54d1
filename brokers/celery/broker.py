"""What Celery needs to know of the broker it runs over: one object per broker, made on first use."""

from __future__ import annotations

import importlib
import importlib.metadata
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar

from celery import Celery

from brokers.celery.results.backend import OutstandingMessage, Result, ResultBackend
from brokers.celery.settings import (
    EVERYWHERE,
    EXTERNAL_WORKERS,
    SEND_EXTERNAL,
    TUNED_FLAGS,
    TUNED_SEND,
    WORKER_FLAGS,
    Loader,
    Names,
    common_settings,
    merged,
    why_overridden,
)
from crossover.contract.errors import UsageError
from crossover.contract.safety import Safety

BROKERS = {
    "redis": "brokers.celery.over_redis:CeleryOverRedis",
    "rabbitmq": "brokers.celery.over_rabbitmq:CeleryOverRabbitmq",
}
"""Kind of server → where its object is; imported on use, with its client library."""


class CeleryBroker(ABC):
    """A broker, as Celery uses it: settings, limits, results, and what a run leaves there.

    Attributes:
        server: kind of server.
        amqp: how a Celery application connects, as "module:class".
        result_backends: Celery's name of a result backend → the class that we replace it with, as "module:class".
        levels: what each safety level sets, in addition to what is set everywhere.
        tuned: what `tuned=yes` sets for both sides. Nothing of it changes what a level promises.
        producer: what only the producer sets. It must notice a server that is down, and never wait for ever.
        send: options of each `send_task`.
        errors: exceptions of its client library.
    """

    server: ClassVar[str]
    amqp: ClassVar[str]
    result_backends: ClassVar[Mapping[str, str]]
    levels: ClassVar[Mapping[Safety, Mapping[str, Any]]]
    tuned: ClassVar[Mapping[str, Any]]
    producer: ClassVar[Mapping[str, Any]]
    send: ClassVar[Mapping[str, Any]]
    errors: ClassVar[tuple[type[Exception], ...]]

    def application(self, **options: Any) -> Celery:
        """Return a Celery application without settings, which reads what others send as brokers/celery/envelopes does.

        Args:
            options: further ones of Celery's.
        """
        app = Celery("crossover", loader=Loader, amqp=self.amqp, fixups=[], **options)
        app.loader.override_backends = dict(self.result_backends)
        return app

    def settings(
        self, url: str, safety: Safety, run: str, visibility: int = 0, *, tuned: bool = False
    ) -> dict[str, Any]:
        """Return the Celery settings of a run, the same for the producer and for every worker.

        Args:
            url: of the server, as in our environment variables.
            safety: the level.
            run: name of the run.
            visibility: seconds, over Redis; 0 is Celery's hour.
            tuned: whether these are for `tuned=yes`.

        Raises:
            UsageError: an environment variable would override them.
        """
        if problem := why_overridden():
            raise UsageError(problem)
        names = Names(run, safety)
        found = {**common_settings(names), **self.levels.get(safety, {})}
        if tuned:
            found = merged(found, self.tuned)
        return merged(found, self.connection_settings(url, names, visibility))

    @abstractmethod
    def connection_settings(self, url: str, names: Names, visibility: int) -> Mapping[str, Any]:
        """Return URLs, names and lifetimes, as `settings` adds them."""

    def settings_of_reader(self, keep_aside: Callable[[str, Any], Any]) -> Mapping[str, Any]:
        """Return what is set for a worker in addition, so that it goes on after a message that kombu cannot read.

        Args:
            keep_aside: called with the reason and with the message as it came.
        """
        return {}

    @abstractmethod
    def largest_message(self, url: str) -> int:
        """Return how many bytes of ours fit into one message of Celery's."""

    @abstractmethod
    def dead_letter(self, url: str, names: Names, reason: str, message: bytes) -> str | None:
        """Keep a message aside where the other transports over this broker keep theirs; return why it refused, or None.

        Args:
            url: of the server.
            names: of the run.
            reason: why it was refused.
            message: as it came.

        Raises:
            Exception: the server is down.
        """

    def task_queue(self, names: Names) -> str:
        """Return the name of the queue that a run's workers take tasks from, as the server knows it."""
        return names.tasks

    @abstractmethod
    def created(self, names: Names) -> list[str]:
        """Return what a run has on the server: queues and exchanges by name; in Redis, what its keys begin with."""

    @abstractmethod
    def remove(self, url: str, names: Names) -> None:
        """Remove everything of a run from the server.

        Raises:
            BrokenError: the server cannot be reached.
        """

    def remove_silent(self, url: str, names: Names) -> None:  # noqa: B027 - not every broker needs it
        """Remove the queue of tasks where it may be one that accepts nothing any more.

        Raises:
            BrokenError: the server cannot be reached, or does not answer in time.
        """

    def prepare(self, app: Any) -> None:  # noqa: B027 - not every broker needs it
        """Change the producer's application before it connects."""

    def declare(self, app: Any, producer: Any) -> None:
        """Declare once what `send_task` declares for each task, where that is told not to (TUNED_SEND).

        Args:
            app: Celery application of the producer.
            producer: kombu's.
        """
        app.amqp.default_queue(producer.channel).declare()

    @abstractmethod
    def results(
        self,
        app: Any,
        names: Names,
        outstanding: Mapping[str, OutstandingMessage],
        take: Callable[[Result], Any],
        *,
        tuned: bool = False,
    ) -> ResultBackend:
        """Return how the producer receives results; arguments as for ResultBackend, and whether it is tuned."""

    @abstractmethod
    def ping(self, app: Any, producer: Any) -> None:
        """Send something that the server answers, and wait for the answer.

        Args:
            app: Celery application of the producer.
            producer: kombu's.
        """

    @abstractmethod
    def close_results(self, app: Any, *, lost: bool) -> None:
        """Close the connections of the result backend, without waiting for an answer where they are lost."""


@cache
def celery_over(server: str) -> CeleryBroker:
    """Return the object of a kind of server, a key of BROKERS."""
    module, _, name = BROKERS[server].partition(":")
    made: CeleryBroker = getattr(importlib.import_module(module), name)()
    return made


def shown_settings() -> dict[str, str]:
    """Return what is set, in words, for each role and transport: what `crossover doctor` shows."""
    versions = ", ".join(f"{library} {importlib.metadata.version(library)}" for library in ("celery", "kombu"))
    found: dict[str, Mapping[str, Any]] = {
        versions: EVERYWHERE,
        "celery worker": WORKER_FLAGS,
        "workers=external": {**EXTERNAL_WORKERS, **SEND_EXTERNAL},
    }
    brokers = {f"celery+{server}": celery_over(server) for server in BROKERS}
    found |= {name: {**broker.producer, **broker.send} for name, broker in brokers.items()}
    found |= {f"{name}?tuned=yes": {**broker.tuned, **TUNED_SEND, **TUNED_FLAGS} for name, broker in brokers.items()}
    found |= {f"{name}, {level}": extra for name, broker in brokers.items() for level, extra in broker.levels.items()}
    return {role: _in_words(settings) for role, settings in found.items()}


def _in_words(settings: Mapping[str, Any]) -> str:
    words = {name: f"({_in_words(value)})" if isinstance(value, Mapping) else value for name, value in settings.items()}
    return ", ".join(f"{name} {value}".strip() for name, value in words.items())
