"""The verbs of identification: load links, identify the parties of applications, let a clerk decide one."""

from .loading import load_links

__all__ = ["load_links"]
