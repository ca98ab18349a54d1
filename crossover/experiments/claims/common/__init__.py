"""What several experiments use; `crossover explain` shows it with each of them."""
