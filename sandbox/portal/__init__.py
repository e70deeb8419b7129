"""偽のマイナポータル: plays the municipality side of the receive API in its public order, with fictional codes."""
