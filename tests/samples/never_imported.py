"""A module of a user's whose import does not end."""

import time

time.sleep(600)
