"""What `advise` recommends, in sentences: what to use, why, how sure that is, and what does it."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from crossover.contract.registry import known_traits
from crossover.contract.safety import Safety
from crossover.derived.labels import ALONE
from crossover.derived.ratios import against
from crossover.report.wording.advice.recipes import recipe
from crossover.report.wording.figures import figure, half, plural
from crossover.results.advice import WORTH, Advice, Trial
from crossover.results.comparison import Result
from crossover.results.conclusions.answer import Choice
from crossover.results.conclusions.findings import Limit
from crossover.results.records import ENOUGH_ROUNDS, Plan

MAY_BE_LOST = "If tasks may be lost in a crash"
MAY_NOT_BE_LOST = "If no task may be lost"
BROKERS = ("redis-stream", "rabbitmq")
LONGEST_LINE = 70  # characters of code
LOCAL_LOSES = "Lost in a crash: what the worker that dies holds; everything that is not done, if this process dies."


def no_recommendation(result: Result) -> str:
    """Return why nothing is recommended: the last rounds were not measured, or tasks were lost or failed in all."""
    trials = result.advice.trials if result.advice else []
    if result.runs or not trials:
        return "No recommendation: no transport did the tasks without losing some, or none was measured."
    best = max(trials, key=lambda trial: trial.throughput)
    many = "" if best.name == ALONE else f" with {plural(best.workers, 'worker')}"
    return (
        f"No recommendation yet: it ended before the last rounds. Of {plural(len(trials), 'setting')} in short runs, "
        f"{_words(best)}{many} did most ({figure(best.throughput)} tasks/s)."
    )


def recommendation(result: Result, choice: Choice) -> str:
    """Return what to use, in one sentence with its figure."""
    one = _trial(result.advice, choice)
    within = half(choice.throughput, choice.low, choice.high)
    many = "" if one.name == ALONE else f" with {plural(one.workers, 'worker')}"
    batch = f", {one.batch:,} items in each message" if one.batch > 1 and one.name != ALONE else ""
    return f"Use {_words(one)}{many}{batch}: {figure(choice.throughput)} tasks/s (± {within:.0%})."


def reasons(result: Result, choice: Choice) -> Iterator[str]:
    """Yield why, and how sure that is."""
    advice = result.advice or Advice()
    one = _trial(advice, choice)
    if choice is advice.local:
        yield from _against_others(advice, one)
    rows = {trial.label: trial for trial in advice.trials if trial.label}
    alike = [f"{rows[label].transport} ({rows[label].workers:,})" for label in choice.alike if label in rows]
    if advice.rounds < ENOUGH_ROUNDS:
        few = f"{plural(advice.rounds, 'round')} fitted into the time"
        yield f"Not proven: {few}; --time-limit {_longer(advice)} proves more."
    elif alike:
        more = f"--time-limit {_longer(advice)} tells more"
        yield f"Not told apart from {', '.join(alike)}: {one.transport} is the simplest within {1 - WORTH:.0%}; {more}."
    if choice.limit not in {None, Limit.WORKERS}:
        yield f"Limited by {choice.limit}."


def safe_answer(result: Result) -> Iterator[str]:
    """Yield what to use if no task may be lost."""
    advice = result.advice or Advice()
    if advice.safe is None:
        skipped = [f"{one.transport}: {one.reason}" for one in result.skipped if one.transport in BROKERS]
        if len(skipped) < len(BROKERS):
            yield f"There was no time to measure a broker: --time-limit {_longer(advice)}."
            return
        yield (
            "No broker can be used here, and nothing inside one machine keeps its tasks when a process dies: write "
            "down which items are done, and run the others again; or install one (crossover doctor)."
        )
        yield from skipped
        return
    yield recommendation(result, advice.safe)
    if advice.price is not None:
        yield f"That is {against(advice.price)} against the above, and buys: {_buys(_trial(advice, advice.safe))}"
    else:
        yield f"It buys: {_buys(_trial(advice, advice.safe))}"
    yield from reasons(result, advice.safe)


def code(result: Result, choice: Choice) -> str:
    """Return the code that does it."""
    one = _trial(result.advice, choice)
    return recipe(one.name, one.workers, one.batch, result.plan.workload)


def command(result: Result, choices: list[Choice]) -> str:
    """Return the command that measures choices again."""
    plan = result.plan
    batch = _trial(result.advice, choices[0]).batch
    words = ["crossover", "compare", *(choice.transport for choice in choices), "-W", _typed(plan)]
    words += ["-i", plan.input] if plan.input else []
    words += ["-b", str(batch)] if batch > 1 else []
    lines = [""]
    for word in map(shlex.quote, words):
        if len(lines[-1]) + len(word) > LONGEST_LINE:
            lines.append("   ")
        lines[-1] += f" {word}" if lines[-1] else word
    return " \\\n".join(lines)


def _typed(plan: Plan) -> str:
    """Return the name of what ran as it was typed: a file has its path there."""
    module, _, function = plan.workload.rpartition(":")
    typed = [word for word in plan.command if module and word.endswith(f"{module}.py:{function}")]
    return typed[0] if typed else plan.workload


def _against_others(advice: Advice, one: Trial) -> Iterator[str]:
    """Yield how the choice compares with one worker in a plain loop, and with more or fewer workers."""
    best: dict[str, Trial] = {}
    for trial in advice.trials:
        if trial.throughput > (best[trial.name].throughput if trial.name in best else 0.0):
            best[trial.name] = trial
    own = best.get(one.name, one).throughput or 1.0
    plain = best.get(ALONE)
    said = []
    if plain and plain is not one and one.name != ALONE:
        said += [f"it did {figure(own)}", f"a plain loop {figure(plain.throughput)}"]
    threads = best.get("threads")
    if threads and threads.name != one.name:
        said.append(f"threads {figure(threads.throughput)}")
    counts = sorted({trial.workers for trial in advice.trials if trial.name == one.name})
    if len(counts) > 1 and one.workers == counts[-1]:
        fewer = max((t.throughput for t in advice.trials if t.name == one.name and t.workers < one.workers), default=0)
        if fewer < WORTH * own:
            said.append(f"more than {one.workers:,} workers were not tried, and may do more")
    if said:
        yield f"In the same short runs {'; '.join(said)} (tasks/s)."


def _words(one: Trial) -> str:
    return "a plain loop (serial)" if one.name == ALONE else one.transport


def _buys(one: Trial) -> str:
    traits = known_traits(one.name)
    promise = traits.guarantees.get(Safety.SAFE) if traits else None
    if promise is None:
        return "workers on other machines."
    kept = [
        what
        for what, is_kept in (("of a worker", promise.survives_worker), ("of the broker", promise.survives_broker))
        if is_kept
    ]
    kept.append("of this process")
    return f"tasks survive the death {' and '.join(kept)}; a task may run twice ({promise.delivery})."


def _longer(advice: Advice) -> str:
    return f"{max(2, round(advice.seconds / 30)):,}m"


def _trial(advice: Advice | None, choice: Choice) -> Trial:
    found = advice.trial_of(choice) if advice else None
    return found or Trial(choice.transport, choice.transport, choice.workers, 1, choice.throughput, 0, "")
