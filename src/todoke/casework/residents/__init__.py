"""住民記録の写し: a copy of resident records, where a town gives one; questions by number, household and name come out.

The copy is optional. It identifies nobody: it is what a found number is compared with, and where a person who
decides finds candidates. The register itself stays in the core system.
"""
