"""One file per way to tell an applicant; jobs alone call them."""
