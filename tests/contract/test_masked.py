"""What may be a password in a URL is hidden, whatever it is made of."""

import pytest

from crossover.contract.text import masked, unreadable

READABLE = [
    ("redis-list://h:6379/0", "redis-list://h:6379/0"),
    ("redis-list://:pw@h:6379/0?prefetch=8", "redis-list://:**@h:6379/0?prefetch=8"),
    ("amqp://me:pw@h/%2F", "amqp://me:**@h/%2F"),
    ("redis://:p@w@h/0", "redis://:**@h/0"),
    ("redis://me@h:1/0", "redis://me@h:1/0"),
    ("queue?start=a@b", "queue?start=a@b"),
    ("unix:///tmp/redis.sock", "unix:///tmp/redis.sock"),
    ("unix://:pw@/tmp/redis.sock", "unix://:**@/tmp/redis.sock"),
]
UNREADABLE = [
    ("redis://:p/w@h:1/0", "redis://:**@h:1/0"),
    ("redis://:p#w@h:1/0", "redis://:**@h:1/0"),
    ("redis://:p?w@h:1/0", "redis://:**@h:1/0"),
    ("redis://:p:/?#@w@h:1/0", "redis://:**@h:1/0"),
    ("redis://me/you:pw@h:1/0", "redis://me/you:**@h:1/0"),
    ("redis://:12/pw@h:1/0", "redis://:**@h:1/0"),
]


@pytest.mark.parametrize(("typed", "shown"), READABLE + UNREADABLE)
def test_a_password_is_hidden_up_to_the_last_at_of_the_word(typed, shown):
    assert masked(typed) == shown
    assert masked(f"no answer from {typed} to me@home") == f"no answer from {shown} to me@home"


@pytest.mark.parametrize(
    ("typed", "unsure"), [(url, False) for url, _ in READABLE] + [(url, True) for url, _ in UNREADABLE]
)
def test_a_url_is_unreadable_where_a_password_goes_on_behind_what_ends_the_host(typed, unsure):
    assert unreadable(typed) is unsure


@pytest.mark.parametrize("typed", ["redis://:p w@h:1/0", "redis://:p\nw@h:1/0"])
def test_so_it_is_with_a_space(typed):
    assert unreadable(typed)
