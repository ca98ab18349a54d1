"""The clock and the process id, whatever a user's module puts in the place of the functions of `time` and `os`."""

import os
import time


class Clock:
    """What `time` offered when this program started.

    A library that freezes the time replaces the attributes of `time`, and those of modules that imported them; these
    are attributes of a class.
    """

    monotonic = time.monotonic
    monotonic_ns = time.monotonic_ns
    sleep = time.sleep


getpid = os.getpid
"""By a wrong process id, the processes of others would be ended."""
