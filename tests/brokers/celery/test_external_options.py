"""What can be chosen for Celery's workers, own and external."""

import pytest

from crossover.contract.errors import UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.traits import RunRequest


@pytest.mark.parametrize("query", ["workers=external&prefetch=4", "prefetch=8&workers=external"])
def test_prefetch_is_theirs(kind, query):
    with pytest.raises(UsageError, match="prefetch is for own workers"):
        parse(f"celery+{kind}?{query}")


def test_tuned_is_for_own_workers(kind):
    with pytest.raises(UsageError, match="tuned is for own workers"):
        parse(f"celery+{kind}?workers=external&tuned=yes")
    with pytest.raises(UsageError, match="tuned cannot be 'maybe'; allowed: no, yes"):
        parse(f"celery+{kind}?tuned=maybe")


@pytest.mark.parametrize("query", ["tuned=yes", "prefetch=8", "visibility=9"])
def test_what_external_workers_would_not_follow_is_refused_where_the_environment_chooses_them(monkeypatch, query):
    monkeypatch.setenv("CROSSOVER_WORKERS", "external")
    monkeypatch.setenv("CROSSOVER_REDIS_URL", "redis://localhost:1")
    request = RunRequest(safety=Safety.SAFE)
    option = query.partition("=")[0]
    reason = parse(f"celery+redis?{query}").why_not(request)
    assert f"{option} is for own workers, and CROSSOVER_WORKERS is external" in reason
    assert parse("celery+redis").why_not(request) is None
    assert parse(f"celery+redis?{query}&workers=own").why_not(request) is None


def test_only_what_was_not_chosen_and_can_be_told_to_workers_is_tried_in_other_ways(kind):
    tried = parse(f"celery+{kind}").options.variants()
    assert list(tried) == ["prefetch=4", "prefetch=1", "prefetch=16", "prefetch=64", "tuned=yes"]
    for setting, options in tried.items():
        assert options == parse(f"celery+{kind}?{setting}").options
    for chosen in ("prefetch=8", "tuned=yes", "workers=external"):
        assert not parse(f"celery+{kind}?{chosen}").options.variants()


def test_own_workers_take_as_many_ahead_as_was_said_or_as_celery_would(kind):
    assert parse(f"celery+{kind}").options.prefetch == 0
    assert parse(f"celery+{kind}?prefetch=8").options.prefetch == 8
    with pytest.raises(UsageError, match="prefetch cannot be '0'"):
        parse(f"celery+{kind}?prefetch=0")
