"""What can be said of submissions without a database: pure rules on values."""
