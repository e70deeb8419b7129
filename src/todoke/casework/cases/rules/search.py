"""What the worklist's search looks for: two-character words are the normal case in Japanese, so bigrams are kept."""
