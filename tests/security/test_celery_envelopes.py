"""What others put into the queue of a Celery worker does not end it, is not decompressed, and is kept aside."""

import pytest
from foreign_messages import kept_aside, visited
from hostile_envelopes import ENVELOPES, ITEMS, RESULTS, publish, publish_results, push_items


@pytest.fixture(scope="module")
def kept_over_redis():
    """What is kept aside of all of it; one run is enough for both tests."""

    def write(transport):
        push_items(transport)
        publish(transport)
        return True

    _, _, transport = visited(write, "celery+redis", "safe")
    return kept_aside(transport)


@pytest.mark.long
@pytest.mark.parametrize("broker", ["redis", "rabbitmq"])
def test_a_celery_worker_keeps_aside_what_our_producer_does_not_send(broker, request):
    if broker == "redis":
        aside = request.getfixturevalue("kept_over_redis")
    else:
        aside = kept_aside(visited(publish, "celery+rabbitmq", "default")[2])
    missing = [
        (content[:40], reason)
        for content, _, _, reason in ENVELOPES
        if not any(reason in why and kept == content for why, kept in aside)
    ]
    assert not missing, [why for why, _ in aside]


def test_a_celery_worker_keeps_aside_what_is_not_from_celery_in_a_list(kept_over_redis):
    assert set(ITEMS) <= {message for _, message in kept_over_redis}


@pytest.mark.long
@pytest.mark.parametrize("url", ["celery+redis", "celery+rabbitmq"])
def test_a_producer_refuses_what_is_no_result_and_goes_on(url):
    history, delivery, _ = visited(publish_results, url, "default")
    assert delivery.unexpected >= len(RESULTS)
    assert all(reason.startswith("an outcome was refused: ") for reason in history.reasons), history.reasons
