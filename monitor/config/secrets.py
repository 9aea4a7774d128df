"""Passwords and tokens: where they may be written, and the check that nobody else can read them (rule S15).

A secret is looked up once, while the config is read, and kept in a field that is never printed.
"""

import stat
from collections.abc import Mapping
from pathlib import Path

from monitor.config.positions import KeyPath
from monitor.config.table import Reading
from monitor.unusable import why

FOR_OTHERS = stat.S_IRWXG | stat.S_IRWXO
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"  # set by systemd for LoadCredential=


def is_open_to_others(reading: Reading) -> bool:
    return bool(reading.file.stat().st_mode & FOR_OTHERS)


def check_mode_of_config(path: KeyPath, reading: Reading) -> None:
    """A secret in the config itself is an error if other users can read the file."""
    if is_open_to_others(reading):
        kind, better = str(path[-1]), f"{path[-1]}_file"
        message = f"a {kind} may be written here only if nobody else can read the file: chmod 600 {reading.file}."
        reading.findings.error(
            path, message + (f" Better: {better}." if kind in {"password", "token", "secret"} else "")
        )


def from_file(file: Path, path: KeyPath, reading: Reading, kind: str = "password") -> str:
    """The secret in the file, or "" after reporting what is wrong with the file."""
    try:
        secret = file.read_text(encoding="utf-8").strip("\r\n")
        if file.stat().st_mode & FOR_OTHERS:
            reading.findings.warn(path, f"other users of this machine can read it: chmod 600 {file}.")
    except (OSError, UnicodeDecodeError) as error:
        reason = why(file, error) if isinstance(error, OSError) else "it is not text."
        reading.findings.error(path, f"{file} cannot be read: {reason}")
        return ""
    reading.findings.files.append((path, file))
    if not secret:
        reading.findings.error(path, f"{file} is empty; write the {kind} into it.")
    return secret


def from_environment(variable: str, path: KeyPath, reading: Reading) -> str:
    secret = reading.environ.get(variable, "")
    if not secret:
        reading.findings.error(path, f"the environment variable {variable} is not set.")
    elif any("\ud800" <= char <= "\udfff" for char in secret):  # bytes that Python could not decode
        reading.findings.error(path, f"the environment variable {variable} is not UTF-8.")
        return ""
    return secret


def credential_file(name: str, environ: Mapping[str, str]) -> Path | None:
    """The credential that systemd passes to the service; commands outside the service have none."""
    folder = environ.get(CREDENTIALS_VARIABLE)
    file = Path(folder) / name if folder else None
    return file if file and file.is_file() else None
