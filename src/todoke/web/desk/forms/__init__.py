"""The forms of the desk: they check the shape of what was typed; rules check its meaning."""
