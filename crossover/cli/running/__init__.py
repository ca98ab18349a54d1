"""What commands do that run something: it is run, saved and shown, however it ends."""
