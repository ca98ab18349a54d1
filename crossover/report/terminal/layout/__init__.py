"""Tables, columns and drawings made of characters."""
