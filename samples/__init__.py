"""Invented residents, certificates and application packages for the demo, the tests and the bench (架空データ)."""
