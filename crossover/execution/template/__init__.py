"""The template: one clean process for each command, from which all processes that run a person's code are forked.

template_process is what the template runs; template_handle starts it and has it fork; a `ForkedProcess` is what it
forked; `call` (forked_call) has such a process call one function and returns the result.
"""
