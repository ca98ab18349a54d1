"""Statistics: intervals of medians, ratios of rounds that were measured in turn, and when there are enough rounds.

figures → intervals; rounds of two transports → paired (by student) → a difference, or none
"""
