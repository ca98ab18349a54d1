"""One hash seed for all processes of a run: sets have the same order in all of them."""

import pytest

WORDS = "def run(item): return list({*'abcdefghijklmnop', item})"
THROUGH = ("serial", "threads", "queue", "queue?start=spawn", "pool?start=forkserver", "executor", "celery+redis")


@pytest.mark.long
@pytest.mark.parametrize(("typed", "seed"), [({}, 0), ({"PYTHONHASHSEED": "7"}, 7), ({"PYTHONHASHSEED": "random"}, 0)])
def test_every_transport_returns_the_same_list_of_a_set(crossover, mine, result, redis_url, typed, seed):
    through = THROUGH if not typed else THROUGH[2:5]
    words = (*mine(WORDS, ["q", "r", "s"]), "-r", "1", "-w", "2", "-q", "--json", "out.json")
    ended = crossover("compare", *through, *words, CROSSOVER_REDIS_URL=redis_url, **typed)
    assert ended.returncode == 0, ended
    found = result()
    assert len({run["value_digest"] for run in found["runs"]}) == 1
    assert found["host"]["hash_seed"] == seed
