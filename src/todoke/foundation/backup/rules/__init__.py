"""What a set must hold and how long it is kept: plain functions."""
