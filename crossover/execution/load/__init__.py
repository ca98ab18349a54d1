"""Load: what drives the tasks of one run through a transport.

`Load` says how much and in which rhythm; its `loop` submits and collects in one thread: closed loop (a fixed number of
tasks is outstanding), open loop (tasks are sent when they are due) or backlog (all tasks are sent before the workers
begin).
"""
