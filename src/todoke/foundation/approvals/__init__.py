"""Decisions that count once a second person confirms exactly what was shown（二人目の確認）."""
