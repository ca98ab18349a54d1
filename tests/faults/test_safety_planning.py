"""The options that `crossover safety` sets where the user does not."""

import pytest

from crossover.experiments.safety.planning import with_quick_redelivery


@pytest.mark.parametrize(
    ("typed", "used"),
    [
        ("redis-stream", "redis-stream?reclaim=1"),
        ("redis-stream?reclaim=9", "redis-stream?reclaim=9"),
        ("celery+redis://localhost:1/0?prefetch=2", "celery+redis://localhost:1/0?prefetch=2&visibility=2"),
        ("celery+redis?tuned=yes", "celery+redis?tuned=yes&visibility=8"),  # which takes many ahead
        ("celery+redis?tuned=yes&prefetch=1", "celery+redis?tuned=yes&prefetch=1&visibility=2"),
        ("celery+redis?prefetch=64", "celery+redis?prefetch=64&visibility=8"),
        ("celery+redis?workers=external", "celery+redis?workers=external"),
        ("celery+rabbitmq", "celery+rabbitmq"),
        ("queue", "queue"),
    ],
)
def test_tasks_of_a_dead_worker_are_soon_delivered_again_unless_the_url_sets_when(typed, used):
    assert with_quick_redelivery(typed).url == used
