"""What a Redis or Valkey of the user's is asked before the first run, and what follows from its answers.

questions ask for version, role and settings; rehearsal tries every command on keys of our own. From these answers facts
concludes why the server cannot be used, and warns; needs says what each transport and shared state needs of it.
"""
