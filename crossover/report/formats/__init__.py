"""JSON, CSV, Markdown and HTML: the forms a result is written in, and read back from."""
