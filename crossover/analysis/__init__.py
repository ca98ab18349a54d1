"""Analysis: judges what was recorded. Pure functions over records; no clock, no input, no output.

    history, ledger → verdict, latency → runs → summary, break_even, crossover_point, scaling, … → conclusions

`verdict` counts what became of the tasks of one run. `conclude` (in `conclusions`) completes a result with everything
that follows from its runs: summaries with intervals, break-even times, the crossover point, scaling laws. `trust` says
which figures prove something, `answer` what to do; `differences` compares two results, `safety` compares what a fault
did with what is expected.
"""
