"""The files under deploy/ say what the product understands, keep their promises, and boot."""
