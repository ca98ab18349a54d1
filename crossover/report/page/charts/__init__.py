"""Charts of results: one function for each, from records to a specification, a text and a table."""
