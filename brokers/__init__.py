"""How tasks travel through middleware: one short file per transport."""
