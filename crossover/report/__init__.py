"""Shows: functions from results to something to look at; one place writes files."""
