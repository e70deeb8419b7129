"""検証方法の選択: who decided by what revocation is checked, per channel and procedure; intake asks, evidence cites."""
