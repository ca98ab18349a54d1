"""What a result looks like as an HTML page, and its charts."""
