"""Execution: drives and observes one run. Nothing is judged here, and nothing is printed.

    command                               producer process, forked from the template
    measure ────── ProducerHandle ──────► transport ──► workers
    supervise ◄─── reports and record ─── load

Every run happens in a producer process of its own (producer/), which is forked from the clean template of the command
(template/). `measure` has it start the transport, warm up, and drive the load in its main thread (load/), which writes
the history into memory that the command shares. Meanwhile `supervise` looks at that record five times a second, for
silence and for dead processes, reads the meters and reports progress. Then the transport is stopped, and an
`Observation` is returned. Shared states are measured in the same way (counters/); in a fault run, processes are struck
and another producer takes over (faults/).
"""
