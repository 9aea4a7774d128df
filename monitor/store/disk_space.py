"""How much room there is for the database."""

import shutil
from pathlib import Path


def free_bytes(file: Path) -> int:
    """What may still be written beside this file."""
    return shutil.disk_usage(file.parent).free
