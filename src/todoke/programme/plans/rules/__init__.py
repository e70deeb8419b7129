"""The decisions about plans: what an edition brings, what a new one changes, what answers mean. No database."""
