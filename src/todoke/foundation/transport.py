"""The files by which another machine is known, and by which it knows us（相互TLS）: a noun that settings may hold."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Transport:
    """Files (PEM) for one neighbour: whom to trust (empty: the operating system's authorities), and who we are."""

    authority_file: str = ""
    certificate_file: str = ""
    key_file: str = ""

    def missing(self) -> list[str]:
        """Which of the named files are not there."""
        named = {
            "authority_file": self.authority_file,
            "certificate_file": self.certificate_file,
            "key_file": self.key_file,
        }
        return [name for name, place in named.items() if place and not Path(place).is_file()]
