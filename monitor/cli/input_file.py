"""A file that somebody names, or standard input, as bytes and not more of them than expected."""

import sys
from pathlib import Path


def read_input(name: str, *, most: int, what: str) -> bytes:
    """The content; `-` is standard input. Raises UsageError if it cannot be read or has more than `most` bytes.

    `what`: what was expected, such as "a list of feeds".
    """
    from monitor.errors import UsageError
    from monitor.unusable import why

    try:
        if name == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with Path(name).open("rb") as file:
                data = file.read(most + 1)
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {why(Path(name), error)}") from error
    if len(data) > most:
        raise UsageError(f"{name} is longer than {most:,} bytes: that is not {what}.")
    return data
