"""The verbs of the `todoke` command, one file each; __main__ lists them."""
