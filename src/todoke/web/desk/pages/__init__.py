"""The pages of the desk, one module per place in the menu."""
