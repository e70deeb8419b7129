"""控えと復元: database, originals, seals in; verified, encrypted sets out — and back, with what goes outside held."""
