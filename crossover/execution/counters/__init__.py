"""Counter runs: several workers update one shared counter at the same time.

`measure_counter` starts the shared state and its workers (processes or threads, each at the end of a pipe), sends each
an `UpdatePlan` with a common start, and receives an `UpdateReport` from each. The supervisor notices workers that die
or hang; then it reads the counter and stops everything.
"""
