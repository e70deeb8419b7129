"""執務日・期限: a date in, business days and deadlines out; and the one place where the clock is read."""
