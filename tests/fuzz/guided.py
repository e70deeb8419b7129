"""One target under atheris, guided by coverage: `python -m tests.fuzz.guided TARGET FOLDER [libFuzzer options]`."""

import sys
from pathlib import Path

import atheris


def main() -> None:
    """Never returns: libFuzzer ends the process, with 0 when nothing was found."""
    name, folder, *options = sys.argv[1:]
    with atheris.instrument_imports(include=["todoke", "zipfile"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    corpus, words = Path(folder) / "corpus", Path(folder) / "words"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number}").write_bytes(seed)
    words.write_text("".join(_quoted(word) for word in target.words))
    arguments = [sys.argv[0], str(corpus), f"-max_len={target.longest}", f"-artifact_prefix={folder}/found-"]
    arguments += ["-print_final_stats=1", "-timeout=120", "-rss_limit_mb=3000", *options]
    if target.words:
        arguments.append(f"-dict={words}")
    atheris.Setup(arguments, target.read)
    atheris.Fuzz()


def _quoted(word: bytes) -> str:
    """A line of libFuzzer's dictionary."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n'


if __name__ == "__main__":
    main()
