"""鍵束: which key wraps what, in which version; a body or the installation in, keys out. Keys live in files only."""
