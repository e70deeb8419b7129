"""The decisions of casework: which moves there are, what holds a case, what the search looks for."""
