"""One measured run of a shared state, in a producer process of its own."""

from __future__ import annotations

from collections.abc import Callable

from crossover.contract.errors import StartError
from crossover.contract.shared_state import SharedState
from crossover.execution.counters.counter_run import REPORTS_WITHIN, TIME_LIMIT, CounterRun, run_counter
from crossover.execution.measure import Phase
from crossover.execution.template.forked_call import call
from crossover.workers.processes.start_timeout import start_timeout

STOPS_WITHIN = 30.0  # seconds for a state and its workers


def measure_counter(
    state: SharedState,
    workers: int,
    seconds: float,
    updates: int | None,
    on_phase: Callable[[Phase], None] = lambda _: None,
    hang_after: float | None = None,
) -> CounterRun:
    """Let workers update a counter, and leave nothing behind.

    Args:
        state: not yet started; it is started and stopped in the producer process.
        workers: how many.
        seconds: how long, where `updates` is None.
        updates: how many, of all workers together.
        on_phase: called with the current phase, several times a second while updates are measured.
        hang_after: seconds without an update after which the workers hang; None: a minute.

    Raises:
        UnusableError: the state or a worker cannot be started.
        KeyboardInterrupt: Ctrl-C; the run has no result.
    """
    state.find_server()
    limit = start_timeout() + (seconds if updates is None else TIME_LIMIT) + REPORTS_WITHIN + STOPS_WITHIN
    try:
        found: CounterRun = call(
            f"{run_counter.__module__}:{run_counter.__name__}",
            *(state, workers, seconds, updates, hang_after),
            within=limit,
            modules=(run_counter.__module__, type(state).__module__),
            tick=lambda: on_phase(Phase.MEASURING),
        )
    except EOFError as error:
        raise StartError("its producer ended before it reported") from error
    except TimeoutError as error:
        raise StartError(f"its producer did not report within {limit:.0f} s") from error
    return found
