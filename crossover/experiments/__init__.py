"""Experiments: a request in, a result out; nothing is printed here.

    request → plan → runs → result

`compare`, `scale`, `share` and `safety` each read a request (what was typed), make a plan (which transports, how many
tasks, workers and rounds), do the runs in interleaved rounds, and return a result, which analysis/ completes and
report/ shows. `selection` decides which transports take part; `comparison/` is what compare and scale share.
"""
