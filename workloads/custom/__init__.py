"""A user's own function or workload, of which the command knows only facts, because it never imports the module.

The module is looked at in a process of its own (inspection ─► Facts). From the facts the command makes a Function or a
StandIn, which are pickled to the producer and import the module only when a value has to be checked or payloads made.
"""
