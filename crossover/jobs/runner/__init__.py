"""`crossover run`: a person's own job, each line of its input once."""
