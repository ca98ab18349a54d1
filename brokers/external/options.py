"""Which workers a run has, as the user chooses it in a URL or the environment, and what external ones cannot do."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from brokers.servers.compose import IN_CONTAINERS, WORKERS_VARIABLE
from brokers.servers.kind import ServerKind
from crossover.contract.errors import StartError, UnusableError, UsageError
from crossover.contract.options import Options, with_option
from crossover.contract.traits import RunRequest

OWN, EXTERNAL = "own", "external"
QUEUE = "crossover"
"""The name of the queue of calls, where none is given."""

NO_TAKE_OVER = "a run with external workers cannot be taken over: they continue without its producer"


class WorkerOptions(Options, frozen=True):
    """Whose workers are used.

    Attributes:
        not_for_external: option → value that says that it is not set, of those that external workers cannot follow.
        workers: own (we start them), external (the user has started them); None: CROSSOVER_WORKERS, else own.
    """

    allowed: ClassVar[Mapping[str, str]] = {"workers": "own, external, or a number of own ones"}
    not_for_external: ClassVar[Mapping[str, object]] = {}
    workers: Literal["own", "external"] | None = None

    def __post_init__(self) -> None:
        """Refuse options that external workers would not follow.

        Raises:
            UsageError: an option for own workers is given together with workers=external.
        """
        if self.workers == EXTERNAL and (unused := self.only_for_own_workers):
            raise UsageError(f"{unused[0]} is for own workers; it cannot be set with workers={EXTERNAL}")

    @property
    def external(self) -> bool:
        """Whether the user has started the workers: set in the URL, else in the environment.

        Raises:
            UnusableError: the environment variable has another value.
        """
        workers = self.workers or os.environ.get(WORKERS_VARIABLE) or OWN
        if workers not in {OWN, EXTERNAL, IN_CONTAINERS}:
            raise UnusableError(f"{WORKERS_VARIABLE} cannot be {workers!r}; allowed: {OWN}, {EXTERNAL}")
        return workers != OWN

    @property
    def only_for_own_workers(self) -> Sequence[str]:
        """The options that are set and that external workers would not follow."""
        return [name for name, unset in self.not_for_external.items() if getattr(self, name) != unset]

    @property
    def own_workers(self) -> bool:
        """Whether we start the workers."""
        return not self.external

    def as_typed(self, transport: str) -> str:
        """Return a transport as it would be typed with those of these options that concern a worker."""
        for name in self.__struct_fields__:
            if name not in {"workers", "queue"}:
                transport = with_option(transport, f"{name}={getattr(self, name)}")
        return transport


class BrokerOptions(WorkerOptions, frozen=True):
    """Whose workers are used where the worker loop is ours, and how much each takes at once.

    Attributes:
        queue: of external workers: those that take calls from this one.
        prefetch: messages, at most; it takes no more than it does in about a millisecond.
    """

    allowed: ClassVar[Mapping[str, str]] = {
        **WorkerOptions.allowed,
        "queue": "1 to 100 characters, of external workers",
        "prefetch": "1 to 10000",
    }
    queue: Annotated[str, Meta(min_length=1, max_length=100)] = QUEUE
    prefetch: Annotated[int, Meta(ge=1, le=10_000)] = 128


def check_server(kind: ServerKind, server_address: str) -> None:
    """Raise an error where the user names no server: external workers would not find a private one.

    Raises:
        StartError: none is named.
    """
    if kind.named_url(server_address) is None:
        raise StartError(f"workers={EXTERNAL} needs the server that they use: set {kind.variable}")


def why_not(name: str, request: RunRequest) -> str | None:
    """Return why external workers cannot do what is requested, or None: they can, or the workers are ours.

    Args:
        name: of the transport.
        request: what is requested; its options are WorkerOptions.
    """
    options: Any = request.options
    if request.journals:  # fault runs replace those of the environment by own ones
        none = f"{name}: external workers keep no journal, so fault runs cannot observe them"
        return none if options.workers == EXTERNAL else None
    if not options.external:
        return None
    if request.workload is not None and request.workload.on_this_machine:
        return f"{name}: external workers do not see this machine's files; choose another workload (-W noop)"
    if request.pausable:
        return f"{name} cannot have a backlog, because its workers are external: crossover did not start them"
    if unused := options.only_for_own_workers:
        workers = os.environ[WORKERS_VARIABLE]
        return f"{name}: {unused[0]} is for own workers, and {WORKERS_VARIABLE} is {workers}: add workers=own"
    return None
