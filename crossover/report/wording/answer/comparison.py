"""The verdict: what to use and why, what a broker costs and buys, what is not proven, the next command."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.contract.safety import Safety
from crossover.derived.labels import ALONE, without_workers
from crossover.derived.ratios import against
from crossover.derived.task_kind import TaskKind, holds_gil, task_kind
from crossover.report.wording.answer.verdict import next_command
from crossover.report.wording.comparison.ranking import unproven
from crossover.report.wording.figures import figure, plural
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Answer, Choice
from crossover.results.conclusions.findings import Limit, Standing
from crossover.results.records import ENOUGH_ROUNDS

NOT_SOUND = "No recommendation: too few sound rounds."
DEATHS = {"kill-worker-busy": "a worker", "kill-producer": "the producer", "kill-broker": "the broker"}
THREADS = "threads"


def verdict(result: Result) -> list[str]:
    """Return at most four sentences: what to use, what a broker costs and buys, what is open, the next command."""
    answer = result.answer
    if answer is None:
        return []
    said = [_use(result, answer), _broker(result, answer), _open(result, answer)]
    return [*filter(None, said), *next_command(answer.next)]


def _use(result: Result, answer: Answer) -> str:
    """Return what to use, and why."""
    best = answer.local or answer.remote
    if best is None:
        return _nothing(result)
    name, rate = without_workers(best.transport), f"{figure(best.throughput)} tasks/s"
    if answer.not_proven is not None:
        many = "" if name == ALONE else f" with {plural(best.workers, 'worker')}"
        return f"{name}{many} looks fastest ({rate}), but that is not proven."
    alike = list(dict.fromkeys(without_workers(label) for label in best.alike))
    also = f" {_listed(alike)} {'does' if len(alike) == 1 else 'do'} as much." if alike else ""
    if name == ALONE:
        return f"Use no transport: a plain loop does {rate}, and no transport does more here."
    about = "about " if best.workers > result.host.cores else ""
    return f"Use {name} with {about}{plural(best.workers, 'worker')} ({rate}){_why(result, name)}.{also}"


def _why(result: Result, name: str) -> str:
    """Return the reason that follows from the kind of task."""
    if result.task is None:
        return ""
    kind, holds = task_kind(result.task), holds_gil(result.task)
    if kind is TaskKind.WAITS:
        cheap = ": your function waits, so workers are cheap"
        return f"{cheap} and processes add nothing" if name == THREADS else cheap
    if kind is TaskKind.COMPUTES and holds and name != THREADS:
        return ": your function computes and holds the GIL, so processes share the cores"
    if kind is TaskKind.COMPUTES and holds is False and name == THREADS:
        return ": your function releases the GIL, so threads share the cores"
    return ""


def _nothing(result: Result) -> str:
    """Return why nothing is recommended."""
    standings = {one.standing for one in result.summary}
    if standings == {Standing.DAMAGED}:
        if result.task is not None and result.task.failed:
            return "No recommendation: your function fails by itself, without any transport."
        return "No recommendation: tasks failed or were lost with every transport."
    limited = [one for one in result.summary if one.standing is Standing.LIMITED]
    if limited:
        most = max(limited, key=lambda one: one.throughput)
        return (
            f"No recommendation yet: the number of workers was the limit, not the transport. {figure(most.throughput)} "
            f"tasks/s is what {plural(most.workers, 'worker')} can do ({without_workers(most.transport)}), no ceiling."
        )
    rounds = max((run.round for run in result.runs), default=0)
    if rounds >= ENOUGH_ROUNDS:
        return NOT_SOUND
    most = max(result.summary, key=lambda one: one.throughput * (one.standing is not Standing.DAMAGED))
    did = f"{without_workers(most.transport)} did most ({figure(most.throughput)} tasks/s)"
    return f"No recommendation yet: {did}, but {plural(rounds, 'round')} cannot tell a difference from noise."


def _broker(result: Result, answer: Answer) -> str:
    """Return what a broker costs, and which deaths its tasks survive."""
    remote = answer.remote
    if remote is None or answer.not_proven is not None:
        return ""
    name = without_workers(remote.transport)
    buys = _buys(result, answer)
    if answer.local is None or answer.price is None:
        return f"{name} {buys}."
    if not answer.price.differs:
        return f"{name} costs no throughput that can be told from noise and {buys}."
    if answer.price.ratio > 1:
        return f"{name} is faster here ({against(answer.price)}) and {buys}."
    low, middle, high = (f"{100 * (1 - one):.0f}" for one in (answer.price.high, answer.price.ratio, answer.price.low))
    within = "" if low == high else f" ({low} to {high}%)"
    return f"{name} costs {middle}% of the throughput here{within} and {buys}."


def _buys(result: Result, answer: Answer) -> str:
    """Return what a broker buys at this safety level, and at the safest."""
    level = result.plan.safety
    kept = [DEATHS[one] for one in answer.survives if one in DEATHS]
    more = [DEATHS[one] for one in answer.safe_survives if one not in answer.survives and one in DEATHS]
    machines = "buys workers on other machines"
    if kept:
        safe = f"; with -s safe that of {_either(more)}, too" if more and level != Safety.SAFE else ""
        return f"{machines}, and tasks that survive the death of {_either(kept)}{safe}"
    safe = "; with -s safe they survive that" if more and level != Safety.SAFE else ""
    dies = _either(more or list(DEATHS.values()))
    return f"{machines}; tasks may be lost when {dies} dies{safe}"


def _open(result: Result, answer: Answer) -> str:
    """Return what is not proven, or not known yet."""
    if not_enough := unproven(result):
        return not_enough
    best = answer.local or answer.remote
    if best is not None and best.limit is Limit.WORKERS:
        return _rising(answer, best)
    return ""


def _rising(answer: Answer, best: Choice) -> str:
    many = f"At {plural(best.workers, 'worker')} the curve still rises"
    return many + (f"; about {answer.saturating:,} would fill the cores." if answer.saturating else ".")


def _listed(names: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _either(names: Sequence[str]) -> str:
    return _listed(names, "or")
