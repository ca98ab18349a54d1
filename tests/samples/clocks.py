"""A clock for tests."""


class Clock:
    """Stands still until it is told."""

    now = 1000.0

    def __call__(self):
        return self.now
