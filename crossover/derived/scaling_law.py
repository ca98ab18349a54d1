"""The formula of Gunther's Universal Scalability Law."""

from __future__ import annotations


def throughput(workers: float, alpha: float, beta: float, gamma: float) -> float:
    """Return X(N) = γN / (1 + α(N-1) + βN(N-1)), in tasks per second.

    Args:
        workers: N.
        alpha: contention.
        beta: crosstalk.
        gamma: tasks per second of one worker.
    """
    return gamma * workers / (1 + alpha * (workers - 1) + beta * workers * (workers - 1))
