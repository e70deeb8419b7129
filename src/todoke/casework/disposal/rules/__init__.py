"""The decisions of retention: from when on something may go, what a list says, and what a certificate says."""
