"""What limited a figure: what the runs used of workers, cores, producer and broker, and what there was too little of.

runs → use → limit; task, cores → saturation: how many workers would be needed until something else is the limit
"""
