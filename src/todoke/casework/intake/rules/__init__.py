"""The decisions of intake: bytes and layouts in, verdicts and differences out; no database, no clock, no network."""
