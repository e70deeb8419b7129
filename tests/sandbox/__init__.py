"""Tests of the systems that play the outside world."""
