"""The verbs of screening: the only writers of its tables."""
