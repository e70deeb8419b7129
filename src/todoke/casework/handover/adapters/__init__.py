"""One file per way into a core system; jobs alone call them, never inside a transaction."""
