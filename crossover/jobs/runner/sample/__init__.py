"""What a few lines tell of all: which are run first, how long all will take, what suits them.

drawing → sample_source → estimate, dry_run; auto
"""
