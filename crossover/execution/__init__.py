"""Execution: drives and observes one run. Nothing is judged here, and nothing is printed.

`measure` does a run of a comparison in the command's process: it starts a transport, which starts its workers, warms
up, and lets a loop (load/) submit and collect in a producer thread, which writes the history. The main thread
supervises: five times a second it looks for dead processes and silence, reads the meters and reports progress. Then
the transport is stopped, and an `Observation` is returned. Runs of shared states are in counters/. A run with a fault
(faults/) happens in a producer process (producer/), since the producer may be killed.
"""
