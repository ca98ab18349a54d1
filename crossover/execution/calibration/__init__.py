"""What one task takes, without a transport: looked at in a process of its own, before anything is measured.

calibrate → sampling (in that process) → cpu_time, two_threads
"""
