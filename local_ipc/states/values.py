"""value, shared-memory: eight bytes that processes share, with a lock and without."""

from __future__ import annotations

from multiprocessing.shared_memory import SharedMemory
from multiprocessing.sharedctypes import Synchronized

from crossover.contract.counters import Counter, Locked, ReadThenWrite
from crossover.contract.shared_state import SharedState
from crossover.contract.traits import RunRequest, StateTraits
from crossover.workers.fleet import context_for
from local_ipc.channels.segments import create_segment
from local_ipc.process_transport import why_no_semaphores

BYTES = 8


class ValueCounter(ReadThenWrite):
    """A `Value`: reading takes its lock, and so does writing, but not what happens in between."""

    def __init__(self, value: Synchronized[int]) -> None:
        self._value = value

    def read(self) -> int:
        """Return the number."""
        return self._value.value

    def write(self, value: int) -> None:
        """Set the number."""
        self._value.value = value


class LocalState(SharedState):
    """A shared state that needs nothing but `multiprocessing`."""

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this state cannot do what is requested; it needs semaphores."""
        return super().why_not(request) or (why_no_semaphores() if request.usable_here else None)


class ValueState(LocalState):
    """`Value("q", 0)`, and `value.value += 1`."""

    traits = StateTraits(name="value")

    def start(self) -> None:
        """Create the value."""
        self._value: Synchronized[int] = context_for(None).Value("q", 0)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return ValueCounter(self._value)

    def read(self) -> int:
        """Return the number without its lock: a worker that was killed while it held the lock never releases it."""
        return int(self._value.get_obj().value)

    def stop(self) -> None:
        """Do nothing: its memory is freed with its last user."""


class ValueLock(ValueState):
    """The same, and `with value.get_lock()` around it."""

    traits = StateTraits(name="value-lock", made_safe_by="Value.get_lock()", safe=True, without="value")

    def counter(self) -> Counter:
        """Return a worker's side."""
        return Locked(ValueCounter(self._value), self._value.get_lock())


class MemoryCounter(ReadThenWrite):
    """Eight bytes of a shared memory."""

    def __init__(self, memory: SharedMemory) -> None:
        self._memory = memory

    def open(self) -> None:
        """View the memory as a number."""
        self._number = _number(self._memory)

    def read(self) -> int:
        """Return the number."""
        return self._number[0]

    def write(self, value: int) -> None:
        """Set the number."""
        self._number[0] = value

    def close(self) -> None:
        """Close the memory."""
        self._number.release()
        self._memory.close()


def _number(memory: SharedMemory) -> memoryview[int]:
    """Return the number in a shared memory; to be released before the memory is closed."""
    assert memory.buf is not None
    return memory.buf[:BYTES].cast("q")


class SharedMemoryState(LocalState):
    """`multiprocessing.shared_memory`, without a lock."""

    traits = StateTraits(name="shared-memory")

    _memory: SharedMemory | None = None

    def start(self) -> None:
        """Create the memory, which is filled with zeros, and the lock."""
        context = context_for(None)
        self._memory = create_segment(BYTES)
        self._lock = context.Lock()

    def counter(self) -> Counter:
        """Return a worker's side."""
        assert self._memory is not None
        return MemoryCounter(self._memory)

    def read(self) -> int:
        """Return the number."""
        assert self._memory is not None
        with _number(self._memory) as number:
            return number[0]

    def stop(self) -> None:
        """Free the memory."""
        memory, self._memory = self._memory, None
        if memory is not None:
            memory.close()
            memory.unlink()


class SharedMemoryLock(SharedMemoryState):
    """The same under a `multiprocessing.Lock`."""

    traits = StateTraits(
        name="shared-memory-lock", made_safe_by="multiprocessing.Lock", safe=True, without="shared-memory"
    )

    def counter(self) -> Counter:
        """Return a worker's side."""
        return Locked(super().counter(), self._lock)
