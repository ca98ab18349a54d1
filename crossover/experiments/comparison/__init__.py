"""What `compare`, `scale` and `advise` share, in the order in which data flows.

    request → planning/ → run_spec → rounds (execution.measure) → run_record → result

A `Request` becomes a `ComparisonSetup` (plan, workload, transports). An experiment turns that into `RunSpec`s, one for
each thing to be measured, and the `RoundRunner` measures them in interleaved rounds; each observation becomes a `Run`.
`probes`, `load_fractions` and `wire_bytes` make the specs that answer side questions.
"""
