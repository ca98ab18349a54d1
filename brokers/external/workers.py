"""External workers, which the user has started: found, checked, reserved, scaled for a run, restored."""

from __future__ import annotations

from collections.abc import Sequence

from brokers.external.control import Control, Status, boot_id
from brokers.external.python_version import other_python
from brokers.external.reservation import RESERVED_FOR
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.system import Clock
from crossover.contract.tasks import Outcomes
from crossover.contract.text import readable
from crossover.workers.processes.start_timeout import start_timeout

ANSWER_WITHIN = 2.0  # seconds for the answers of workers that are known
FIRST_ANSWER_WITHIN = 5.0  # seconds
COLLECT_ANSWERS_FOR = 1.0  # seconds, where the number of workers is unknown
SCALED_WITHIN = 30.0  # seconds until every worker has as many processes as the run needs, at least
RESTORED_WITHIN = 20.0  # seconds until every worker has as many as before
CHECK_AFTER = 2.0  # seconds without a result, after which we check that the workers are alive
RENEW_AFTER = 10.0  # seconds after which we check in any case, which renews the reservation


class ExternalWorkers:
    """The workers that serve a run.

    Attributes:
        dead: those that no longer answer or were restarted, as "worker name"; other threads may read it.

    Args:
        control: reaches them.
    """

    def __init__(self, control: Control) -> None:
        self.dead: tuple[str, ...] = ()
        self._control = control
        self._workers: dict[str, Status] = {}
        self._reserved = self._other_clocks = False
        self._missing: list[str] = []  # at the last check
        self._heard = self._checked = 0.0

    def __str__(self) -> str:
        """Return how many processes each worker has and had, its cores, and its Python version."""
        return "external: " + "; ".join(
            f"{readable(name)} with {found['processes']} processes ({found['usual']} before), "
            f"{found['cores']:g} cores, Python {found['python']}"
            for name, found in self._workers.items()
        )

    def reserve(self) -> bool:
        """Find the workers and reserve them for this producer; return whether there are any.

        Raises:
            StartError: one runs other code or Python, must not run the function, or serves another producer.
            BrokenError: the connection is lost.
        """
        deadline = Clock.monotonic() + FIRST_ANSWER_WITHIN
        self._reserved = True
        while not (found := self._control.reserve(COLLECT_ANSWERS_FOR)) and Clock.monotonic() < deadline:
            continue
        for name, status in found.items():
            self._check(readable(name), status)
        self._workers = found
        here = boot_id()
        self._other_clocks = any(status["boot"] != here for status in found.values())
        return bool(found)

    def scale(self, processes: int) -> None:
        """Return when all workers together have this many processes, evenly spread; a worker without any pauses.

        Raises:
            StartError: they do not get there in time, or have too little memory.
            BrokenError: the connection is lost.
        """
        share, more = divmod(processes, len(self._workers))
        shares = {name: share + (number < more) for number, name in enumerate(sorted(self._workers))}
        for name, count in shares.items():
            most = self._workers[name]["room"]
            if most is not None and count > most:
                raise StartError(
                    f"the worker {readable(name)} has memory for {most} processes, not for {count}: "
                    "use fewer (-w), start more workers, or give it more memory"
                )
        self._workers = self._control.assign(shares, self._workers, max(SCALED_WITHIN, start_timeout()))
        self._heard = self._checked = Clock.monotonic()

    def check(self, *, received: bool) -> None:
        """Check from time to time, and when no result comes, that the workers are alive; this renews the reservation.

        A worker that does not answer twice is dead; so is one that was restarted.

        Args:
            received: whether a result has just been received.

        Raises:
            BrokenError: the connection is lost.
        """
        now = Clock.monotonic()
        if received:
            self._heard = now
        silent = now - max(self._heard, self._checked) > CHECK_AFTER
        if self.dead or not (silent or self._missing or now - self._checked > RENEW_AFTER):
            return
        found = self._control.reserve(ANSWER_WITHIN, len(self._workers))
        self._checked = Clock.monotonic()
        missing = [name for name in self._workers if name not in found]
        restarted = [
            name for name, status in found.items() if status["since"] != self._workers.get(name, status)["since"]
        ]
        deaths = [f"{name}: {readable(death)}" for name, status in found.items() for death in status.get("deaths", ())]
        self.dead = tuple(
            f"worker {readable(name)}" for name in [*restarted, *set(missing).intersection(self._missing), *deaths]
        )
        self._missing = missing

    def checked(self, found: Sequence[Outcomes]) -> Sequence[Outcomes]:
        """Check as `check` does, and return outcomes without the time stamps of other machines, which say nothing here.

        Args:
            found: what has just been received.
        """
        self.check(received=bool(found))
        return [one._replace(started=0, finished=0) for one in found] if self._other_clocks else found

    def restore(self) -> Sequence[str]:
        """Restore the workers, over a new connection if need be, and disconnect; return what should be known of it."""
        try:
            try:
                self._restore()
            except (BrokenError, StartError):
                with self._control.reconnected():
                    self._restore()
        except (BrokenError, StartError) as error:
            return [f"external workers could not be restored ({error}); the next comparison does it"]
        finally:
            self._control.close()
        return []

    def _restore(self) -> None:
        """Give each worker that still answers the processes that it was started with, and release it."""
        if self._workers:
            found = self._control.reserve(ANSWER_WITHIN, len(self._workers))
            ours = self._control.producer
            self._workers = {
                name: status for name, status in found.items() if name in self._workers and status["lent"] == ours
            }
            self._control.restore(self._workers, RESTORED_WITHIN)
        if self._reserved:
            self._control.release(COLLECT_ANSWERS_FOR, len(self._workers) or None)
            self._reserved = False

    def _check(self, name: str, status: Status) -> None:
        ours = self._control.version
        if status.get("version") != ours:
            theirs = status.get("version") or f"other code ({status})"
            raise StartError(f"the worker {name} runs {theirs}, this is {ours}: rebuild and restart it")
        if reason := other_python(status.get("python")) or status.get("refuses"):
            raise StartError(f"the worker {name} {readable(reason)}")
        if not status["permitted"]:
            raise StartError(f"the worker {name} must not run {self._control.reference!r}: {self._control.to_allow}")
        if status["lent"] != self._control.producer:
            raise StartError(
                f"the worker {name} is reserved for {status['lent']}: one comparison at a time "
                f"(a killed one is forgotten after {RESERVED_FOR:.0f} s)"
            )
