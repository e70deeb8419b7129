"""Fuzzing of everything that reads bytes from outside: `make fuzz`, and a short run in every test run."""
