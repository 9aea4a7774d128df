"""What `init` writes beside a config of the system: files in the data folder, for feeds and topics that commands write.

The shipped unit sees /etc read-only, and the service may write its data folder alone.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from monitor.config.first import APART, Answers
from monitor.errors import UsageError
from monitor.files import HasChanged, make_empty, replace_kept
from monitor.unusable import closed_folder, why


def placed(answers: Answers) -> Answers:
    """The same with feeds and topics in files of their own, if the config is one of the system.

    A file that is there already stays as it is, and then the config has what was answered. Where this user may not
    write the data folder, the config has all of it.
    """
    if not answers.folder or closed_folder(Path(answers.folder)):
        return answers
    return replace(answers, is_apart=True, apart=frozenset(file.name for file in parts(answers.folder)))


def parts(folder: str) -> dict[Path, str]:
    """The included files that are not there yet, and their first lines."""
    if closed_folder(Path(folder)):
        return {}
    files = {Path(folder) / name: f"{head}\n" for name, head in APART.items()}
    return {file: text for file, text in files.items() if not (file.exists() or file.is_symlink())}


def write(texts: Mapping[Path, str]) -> None:
    """Write files that are not there yet, for the owner of their folder. Raises UsageError."""
    for file, text in texts.items():
        try:
            make_empty(file)
            replace_kept(file, b"", text.encode())
        except HasChanged as error:
            raise UsageError(f"{file} was written by somebody else just now. Try again.") from error
        except OSError as error:
            raise UsageError(f"{file} cannot be written: {why(file, error)}") from error
