"""What the tests stand on: databases, clock, closed network, files."""
