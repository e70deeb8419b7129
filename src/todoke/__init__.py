"""Todoke（届）: carries online applications from the portal to the core systems, and the DX programme around it."""
