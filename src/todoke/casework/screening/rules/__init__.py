"""The decisions of screening: how a file stands, what a copy may hold, and the work of the confined worker."""
