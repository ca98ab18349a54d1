"""The worker processes of an executor, as their executor sees them."""
