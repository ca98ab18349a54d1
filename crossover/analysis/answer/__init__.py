"""What a person should do, as it follows from a result: rules over what the analysis has found, one module for each."""
