"""What a person sees of a job: how far it is while it runs, and what it has done."""
