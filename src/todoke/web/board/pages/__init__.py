"""One file of pages per matter."""
