"""申請の記録: what happened to cases comes in; for each day that is over one signed file without personal data goes out."""
