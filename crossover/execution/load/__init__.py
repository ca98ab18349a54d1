"""Load: what drives the tasks of one run through a transport.

`Load` defines how many tasks there are, for how many workers, and when they are sent. Its `loop` submits and collects
in one thread: closed loop (a fixed number of tasks is outstanding), open loop (tasks are sent when they are due) or
backlog (all tasks are sent before the workers begin).
"""
