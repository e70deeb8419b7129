"""Malware scanners outside: one file per kind."""
