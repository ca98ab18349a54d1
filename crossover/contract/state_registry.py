"""The table of shared states; each is imported on use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.contract.options import PYTHON, Options
from crossover.contract.registry import import_entry, read_url
from crossover.contract.shared_state import SharedState
from crossover.contract.traits import RunRequest, StateTraits

STATES = {
    "thread-global": "local_ipc.states.globals:ThreadGlobal",
    "thread-global-lock": "local_ipc.states.globals:ThreadGlobalLock",
    "process-global": "local_ipc.states.globals:ProcessGlobal",
    "value": "local_ipc.states.values:ValueState",
    "value-lock": "local_ipc.states.values:ValueLock",
    "shared-memory": "local_ipc.states.values:SharedMemoryState",
    "shared-memory-lock": "local_ipc.states.values:SharedMemoryLock",
    "manager-dict": "local_ipc.states.managers:ManagerDict",
    "manager-dict-lock": "local_ipc.states.managers:ManagerDictLock",
    "manager-list": "local_ipc.states.managers:ManagerList",
    "manager-list-lock": "local_ipc.states.managers:ManagerListLock",
    "redis-get-set": "brokers.redis.states:RedisGetSet",
    "redis-incr": "brokers.redis.states:RedisIncr",
    "redis-watch": "brokers.redis.states:RedisWatch",
    "redis-lua": "brokers.redis.states:RedisLua",
    "redis-lock": "brokers.redis.states:RedisLock",
    "memcached-get-set": "brokers.memcached.states:MemcachedGetSet",
    "memcached-incr": "brokers.memcached.states:MemcachedIncr",
    "memcached-cas": "brokers.memcached.states:MemcachedCas",
    "rabbitmq-owner": "brokers.rabbitmq.counter_owner:RabbitmqOwner",
}


class StateAddress(NamedTuple):
    """A shared state as it was requested: name, server and options.

    Attributes:
        name: a key of STATES.
        url: as typed, without its password.
        server_address: where its server is, password included; empty where none was typed.
        options: an instance of `traits.options_type`.
    """

    name: str
    url: str
    server_address: str
    options: Options

    @property
    def label(self) -> str:
        """Its label in tables: as typed, without "://" where no server follows."""
        return self.url if self.server_address else self.url.replace("://", "")

    @property
    def state(self) -> type[SharedState]:
        """The state's class."""
        return load_state(self.name)

    @property
    def traits(self) -> StateTraits:
        """What is true of each of its runs."""
        return self.state.traits

    def create(self) -> SharedState:
        """Return the state, not yet started."""
        return self.state(self.options, self.server_address)

    def why_not(self, request: RunRequest) -> str | None:
        """Return why this state cannot do what is requested, or None where it can."""
        return self.state.why_not(self._complete(request))

    def warnings(self, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before this state is used as requested, in sentences."""
        return self.state.warnings(self._complete(request))

    def _complete(self, request: RunRequest) -> RunRequest:
        return request._replace(options=self.options, server_address=self.server_address)


def load_state(name: str) -> type[SharedState]:
    """Return a shared state's class.

    Raises:
        UsageError: no shared state has this name.
    """
    kind: type[SharedState] = import_entry(STATES, name, "shared state")
    return kind


def parse_state(url: str) -> StateAddress:
    """Read a shared state's name or URL: `value-lock`, `redis-incr://127.0.0.1:6379/0`, `redis-lock?sleep=0.001`.

    Raises:
        UsageError: an unknown state, or a URL that makes no sense.
    """
    query = url.partition("?")[2].split("&")
    if any(option.startswith(f"{PYTHON}=") for option in query):
        name = url.partition("?")[0].partition("://")[0]
        raise UsageError(f"{name}: {PYTHON} is for transports; a shared state is changed by the Python of the command")
    return StateAddress(*read_url(url, lambda name: load_state(name).traits)[:4])
