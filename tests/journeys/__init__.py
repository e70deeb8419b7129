"""One story per file, from the portal to the core system and back, on samples and sandbox."""
