"""Programs of the system that some tests need: where they are, and how they come."""

import shutil

PACKAGES = {
    "chromium": "chromium",
    "openssl": "openssl",
    "zip": "zip",
    "xmlsec1": "xmlsec1",
}
SPELLINGS = {"chromium": ("chromium", "chromium-browser", "google-chrome")}


def path_of(program: str) -> str | None:
    """Where a program is, or None."""
    return next((found for name in SPELLINGS.get(program, (program,)) if (found := shutil.which(name))), None)


def missing() -> list[str]:
    """The programs that are not here."""
    return [program for program in PACKAGES if path_of(program) is None]


def install_line(programs: list[str]) -> str:
    """The one line that installs them on Debian."""
    return f"apt-get install -y --no-install-recommends {' '.join(PACKAGES[program] for program in programs)}"


def require(program: str) -> str:
    """The program's path; fails the test with the line that installs it."""
    found = path_of(program)
    if found is None:
        raise AssertionError(f"{program} がありません (missing): {install_line([program])}")
    return found


if __name__ == "__main__":
    print(" ".join(PACKAGES[program] for program in missing()))
