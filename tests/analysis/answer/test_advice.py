"""What advise recommends: the simplest of what is as fast, nothing that loses tasks, and what a broker costs."""

import subprocess
import sys

import msgspec
import pytest
from sample_records import result_of, rounds_of
from waiting import PATIENCE

from crossover.analysis.conclusions import conclude
from crossover.contract.registry import load
from crossover.contract.safety import Safety
from crossover.experiments.advise.candidates import BROKERS, LOCAL
from crossover.report.topics.catalogue import outline
from crossover.report.wording.advice.recipes import recipe
from crossover.results.advice import Advice, Trial
from crossover.results.records import Skipped

SAFE = load("redis-stream").traits.guarantees[Safety.SAFE]


def found(*rows, rounds=5, plan="eight:fn", **changes):
    """Return the result of a search whose last rounds were of these rows: name, workers, tasks/s."""
    runs, trials = [], []
    for name, workers, throughput in rows:
        label = name if name == "serial" else f"{name}?workers={workers}"
        broker = {"guarantee": SAFE, "safety": "safe"} if name == "redis-stream" else {}
        figures = [throughput * (1 + 0.001 * (number % 3)) for number in range(rounds)]
        runs += rounds_of(label, *figures, workers=workers, url=label, **broker, **changes)
        trials.append(Trial(name, name, workers, 1, throughput, 2, "default", label))
    made = result_of(*runs)
    plan = msgspec.structs.replace(made.plan, advise=True, workload=plan)
    return conclude(msgspec.structs.replace(made, plan=plan, advice=Advice(trials, 60.0)))


def text_of(result):
    return "\n".join(sentence.plain for sentence in outline(result).answer)


def test_of_those_that_are_as_fast_the_simplest_is_recommended():
    advice = found(("shared-memory", 2, 1000), ("pool", 2, 970), ("executor", 2, 900)).advice
    assert advice.local.transport == "pool?workers=2"
    assert advice.local.workers == 2
    assert found(("threads", 64, 1000), ("threads", 32, 980)).advice.local.workers == 32
    assert found(("serial", 1, 960), ("threads", 2, 1000)).advice.local.transport == "serial"


def test_what_is_clearly_faster_is_recommended_though_it_is_less_simple():
    assert found(("threads", 2, 500), ("pool", 2, 1000)).advice.local.transport == "pool?workers=2"


def test_what_loses_a_task_is_never_recommended():
    advice = found(("queue", 2, 1000), delivery={"completed": 999, "lost": 1}).advice
    assert advice.local is None


def test_a_broker_is_the_other_answer_with_its_price():
    result = found(("pool", 2, 1000), ("redis-stream", 2, 800))
    assert result.advice.safe.transport == "redis-stream?workers=2"
    assert result.advice.price.ratio == pytest.approx(0.8)
    said = text_of(result)
    assert "-20" in said
    assert "at least once" in said


def test_without_a_broker_it_says_that_nothing_keeps_the_tasks():
    result = found(("pool", 2, 1000), ("serial", 1, 500))
    assert "There was no time to measure a broker" in text_of(result)
    skipped = [Skipped(name, "no server was found") for name in ("redis-stream", "rabbitmq")]
    said = text_of(msgspec.structs.replace(result, skipped=skipped))
    assert "nothing inside one machine keeps its tasks" in said
    assert "redis-stream: no server was found" in said


def test_the_command_that_checks_it_names_the_file_as_it_was_typed():
    result = found(("pool", 2, 1000), ("serial", 1, 500), plan="mine:fn")
    plan = msgspec.structs.replace(result.plan, command=["advise", "folder/mine.py:fn"])
    assert "-W folder/mine.py:fn" in text_of(msgspec.structs.replace(result, plan=plan))


def test_too_few_rounds_prove_nothing():
    assert "Not proven: 2 rounds" in text_of(found(("pool", 2, 1000), ("serial", 1, 500), rounds=2))
    assert "Not proven" not in text_of(found(("pool", 2, 1000), ("serial", 1, 500)))


@pytest.mark.parametrize("name", [*LOCAL, *BROKERS])
@pytest.mark.parametrize("batch", [1, 50])
@pytest.mark.parametrize("workload", ["package.mine:function", "mine.py:function", "sleep"])
def test_the_code_of_a_recommendation_is_python(name, batch, workload):
    code = recipe(name, 2, batch, workload)
    compile(code, "recipe", "exec")
    assert all(len(line) <= 76 for line in code.splitlines())  # a narrow terminal must not break it
    assert "function" in code


@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.parametrize("batch", [1, 50])
def test_the_code_of_a_recommendation_does_every_item(name, batch, tmp_path):
    code = recipe(name, 2, batch, "math:factorial")
    program = tmp_path / "program.py"
    shown = 'if __name__ == "__main__":\n    print(sorted(values) == sorted(map(factorial, items)))\n'
    program.write_text(f"items = list(range(120))\n{code}\n{shown}")
    ended = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (ended.stdout, ended.stderr) == ("True\n", "")
