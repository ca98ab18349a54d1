"""What every form shows of each kind of result, in which order: the answer, the topics, the warnings."""
