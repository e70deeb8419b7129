"""Decisions that count once a second person confirms what was shown（二人目の確認）."""
