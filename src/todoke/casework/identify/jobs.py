"""What the worker runs: take applications that wait to be identified, and identify them."""
