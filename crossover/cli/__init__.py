"""The command line: parses what was typed, calls an experiment, writes its result.

    main → commands/<command> → a request → an experiment (its plan and runs) → a result → outputs

`commands/` has one file per command. `options`, `parameter_types` and `help` are what can be typed, `comparison` is
what compare and scale have in common, `outputs` writes results, `result_files` reads them, `exit_status` ends it.
"""

from crossover.cli import import_path as import_path  # before anything else is imported
