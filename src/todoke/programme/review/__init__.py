"""A month or a signal in; a signed close or a decision with its plan difference out（PDCA の月次締め、OODA カード）."""
