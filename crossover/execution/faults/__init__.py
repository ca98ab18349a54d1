"""Faults, and runs in which one is injected.

A fault run happens in a producer process, which starts the workers; the command watches it and never touches the
transport. `run_under_fault` starts the producer, waits for the fault's moment (workers idle, a part of the tasks done,
or one particular task), strikes a target - worker, producer, server or network path - and heals it. Then it waits
until every task is settled or nothing new happens; where the transport is resumable, a new producer takes over from a
dead or broken one. Producer and workers write their record and journals into files outside the transport; the ledger
is made of these.
"""
