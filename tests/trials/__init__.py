"""Trials that need more than a test machine gives: root, several hosts, minutes. Run by hand, results written down."""
