"""What tests do with the two sides of a queue of calls: take, receive, hear what is lost."""

from urllib.parse import urlsplit

from waiting import eventually

from crossover.contract.errors import BrokenError


def through(network, url):
    """Return the URL of a server with the port of a way to it."""
    return url.replace(f":{urlsplit(url).port}/", f":{network.port}/")


def take(intake, number=1, seconds=20):
    taken = []
    assert eventually(lambda: taken.extend(intake.take(number - len(taken), 0.2)) or len(taken) == number, seconds)
    return taken


def receive(producer, number=1, seconds=20):
    found = []
    assert eventually(lambda: found.extend(producer.receive(0.2)) or len(found) == number, seconds)
    return found


def lost(producer):
    found = []

    def look():
        producer.receive(0.2)
        found.extend(producer.lost())
        return found

    assert eventually(look)
    return found


def raises(method):
    try:
        method()
    except BrokenError:
        return True
    return False
