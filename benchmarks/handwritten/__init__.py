"""Hand-written loops that do what a transport does, and nothing else: the other side of `overhead.py`."""
