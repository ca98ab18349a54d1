"""What a run has left in its broker."""

import redis

KEPT_ASIDE = "crossover:refused"


def left(transport):
    """Return what is in the broker of a transport that has been started and stopped, other than what is kept aside.

    A server that is not ours alone may hold what others put there.
    """
    found = LOOK[transport.server](transport.at.url)
    return {name for name in found if transport.at.private or transport.run in name}


def keys(url):
    """Return the keys of a Redis."""
    with redis.Redis.from_url(url) as client:
        return {key.decode() for key in client.scan_iter()} - {KEPT_ASIDE}


LOOK = {"redis": keys}
