"""What our own bookkeeping costs."""

from __future__ import annotations

from crossover.results.records import Record


class Bookkeeping(Record):
    """CPU time of ours per task besides carrying and running it, in µs: recording, time stamps, checks.

    Of tasks that do nothing, measured with a transport that does nothing.

    Attributes:
        producer_us, worker_us: as in most transports inside one machine: with one task per message, a sample of the
            outcomes has time stamps.
        stamped_producer_us, stamped_worker_us: where each outcome has them: through brokers, and in `serial` and
            `threads`; None: the same, since there are several tasks in a message, or not measured.
    """

    batch: int
    window: int
    producer_us: float
    worker_us: float
    stamped_producer_us: float | None = None
    stamped_worker_us: float | None = None
