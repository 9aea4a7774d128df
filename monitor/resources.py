"""Where the files that are not code are: templates, migrations, the example config.

In a checkout (and an editable install) they are at the top level, in a wheel inside the
package; no other module knows that.
"""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a shipped file or folder, such as `templates` or `config.example.toml`."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name
