"""What follows from a result: figures that are computed from its runs, what to do, what differs from another one."""
