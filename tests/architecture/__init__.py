"""The house itself: rooms, doors, words, settings, sizes, and who may open what."""
