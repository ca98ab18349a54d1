"""What a run uses of the machine, observed from outside: CPU time and memory of each role, and what disturbs them.

meter → process_trees (CPU time) → process_reading
meter → threads (that run), memory (shared pages counted once), machine (what others take)
"""
