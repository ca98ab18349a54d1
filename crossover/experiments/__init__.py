"""A plan in, a result out."""
