"""The sentences about claims: a table for each language, and what puts the facts into them."""
