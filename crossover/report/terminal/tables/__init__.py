"""The tables of the terminal, by the topic that they are shown under."""
