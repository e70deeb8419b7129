"""サインインの二段階目と状態: a person who has shown a password in; a second step, and the sessions that are open, out."""
