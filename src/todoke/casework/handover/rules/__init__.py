"""The decisions of the hand-over: what a row looks like, what holds it back, whether two ledgers agree."""
