"""safety: which tasks are lost, duplicated or stuck when something fails.

`SafetyExperiment` has three parts. The self-test plants known misbehaviour in runs, and checks that it is found. The
matrix runs its cells - transport, level, fault, round - three at a time: `FaultEnvironments` provides server and
network path, `run_under_fault` the run; the cell's ledger is judged and compared with what is expected. Last, the
throughput of each level is measured without faults. Every cell is saved at once, so an interrupted matrix resumes.
"""
