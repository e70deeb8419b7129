"""団体の引越し: a body moves from one database of the installation to another, and nothing of it is lost or kept twice."""
