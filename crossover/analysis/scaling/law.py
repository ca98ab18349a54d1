"""How throughput grows with the number of workers: Gunther's Universal Scalability Law.

X(N) = γN / (1 + α(N-1) + βN(N-1))

N. J. Gunther, "Guerrilla Capacity Planning" (2007), chapters 4 to 6; with γ as in B. Schwartz, "Practical Scalability
Analysis with the Universal Scalability Law" (2015).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from crossover.derived import scaling_law
from crossover.results.conclusions.findings import Coefficient

FEWEST_COUNTS = 6  # different numbers of workers; fewer leave the three coefficients undetermined
QUANTILE = 0.975  # of each side of a 95% interval
LEAST = 1e-9  # of the denominator, if a step of the fit makes it negative; a smaller coefficient counts as 0
MISSING = "no scaling law without numpy and scipy: pip install 'crossover-ipc[report]'"


class Fit(NamedTuple):
    """The three coefficients.

    Attributes:
        alpha: contention, the part of the work that only one worker at a time can do.
        beta: crosstalk, the cost of each pair of workers.
        gamma: tasks per second of one worker.
        estimate: log γ, α and β before negative values are cut at 0.
        spread: the covariances of the estimate × Student's t².
    """

    alpha: Coefficient
    beta: Coefficient
    gamma: Coefficient
    estimate: Sequence[float] = ()
    spread: Sequence[Sequence[float]] = ()

    @property
    def peak(self) -> float | None:
        """The number of workers with the highest throughput, √((1-α)/β); None if there is no significant crosstalk."""
        if not self.beta.low:
            return None
        return max(1.0, math.sqrt(max(0.0, 1 - self.alpha.value) / self.beta.value))

    def throughput(self, workers: float) -> float:
        """Return tasks per second."""
        return scaling_law.throughput(workers, self.alpha.value, self.beta.value, self.gamma.value)

    def between(self, workers: float) -> tuple[float, float]:
        """Return the 95% interval of the law itself there, by the delta method (Bates & Watts 1988, section 2.3).

        Around the estimate before cutting, like the intervals of the coefficients; the law itself is always inside.
        """
        log_gamma, alpha, beta = self.estimate
        terms = (workers - 1, workers * (workers - 1))
        part = max(LEAST, 1 + alpha * terms[0] + beta * terms[1])
        slopes = (1.0, -terms[0] / part, -terms[1] / part)
        rows = (sum(a * b for a, b in zip(row, slopes, strict=True)) for row in self.spread)
        width = math.exp(math.sqrt(max(0.0, sum(a * b for a, b in zip(slopes, rows, strict=True)))))
        middle, drawn = math.exp(log_gamma) * workers / part, self.throughput(workers)
        return min(middle / width, drawn), max(middle * width, drawn)


def fit(workers: Sequence[int], throughputs: Sequence[float]) -> Fit:
    """Return the law that fits measured runs best.

    Least squares of log X, because noise is proportional to the throughput. An interval is the estimate ± Student's t
    × its standard error (from the Jacobian; Bates & Watts 1988, section 2.3). Negative values are cut at 0 only at the
    end: otherwise the intervals of coefficients near 0 would be too narrow. tests/analysis/scaling/test_law.py counts
    how often they contain the planted value.

    Args:
        workers: of each run; at least 6 different ones.
        throughputs: of each run, in tasks per second, above 0.

    Raises:
        ImportError: numpy and scipy are not installed.
    """
    import numpy as np  # noqa: PLC0415 - imported on use: it is slow, and optional
    from scipy.optimize import least_squares  # noqa: PLC0415
    from scipy.stats import t as student  # noqa: PLC0415

    count = np.asarray(workers, float)
    each = np.log(np.asarray(throughputs, float) / count)
    terms = np.stack([np.ones_like(count), count - 1, count * (count - 1)], axis=1)

    def misfit(guess: np.ndarray) -> np.ndarray:
        lost = terms[:, 1:] @ guess[1:]
        return np.asarray(guess[0] - np.log(np.maximum(1 + lost, LEAST)) - each)

    # N / X is linear in 1/gamma, alpha/gamma and beta/gamma: the search begins at that solution
    linear = np.linalg.lstsq(terms * np.exp(each)[:, None], np.ones_like(count), rcond=None)[0]
    start = max(linear[0], LEAST)
    found = least_squares(misfit, [-math.log(start), linear[1] / start, linear[2] / start], x_scale="jac")
    freedom = len(count) - len(found.x)
    slopes = np.asarray(found.jac, float)
    spread = np.linalg.pinv(slopes.T @ slopes) * 2 * found.cost / freedom * student.ppf(QUANTILE, freedom) ** 2
    log_gamma, alpha, beta = (
        Coefficient(float(value), float(value - width), float(value + width))
        for value, width in zip(found.x, np.sqrt(np.diag(spread)), strict=True)
    )
    gamma = Coefficient(math.exp(log_gamma.value), math.exp(log_gamma.low), math.exp(log_gamma.high))
    return Fit(_from_zero(alpha), _from_zero(beta), gamma, found.x.tolist(), spread.tolist())


def _from_zero(found: Coefficient) -> Coefficient:
    return Coefficient(*(value if value > LEAST else 0.0 for value in (found.value, found.low, found.high)))
