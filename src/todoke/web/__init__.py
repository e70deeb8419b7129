"""画面と外部窓口: people and machines outside in, doors of the lines below called, pages out."""
