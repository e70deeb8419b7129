"""The decisions of identification, in three tables of thought: resolving, parties, rows."""
