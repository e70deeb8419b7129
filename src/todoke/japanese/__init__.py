"""Pure handling of Japanese text: eras, names, characters, search keys（純粋な日本語処理）."""
