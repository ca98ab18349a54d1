"""The template: one clean process for each command, from which all processes that run a person's code are forked.

`program` is what the template runs; `client` starts it and has it fork; a `ForkedProcess` is what it forked, and `call`
has such a process call one function.
"""
