"""What all screens share: base templates, components, headers, sessions and the gate before every page."""
