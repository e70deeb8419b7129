"""How fast Todoke receives and judges packages, beside the least that the same packages can cost on this machine."""
