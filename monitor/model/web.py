"""The `[web]` table: where the page for people is, and by which names it is asked."""

from dataclasses import dataclass

from monitor.model.settings import is_this_machine


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """The `[web]` table. Raises ValueError if other machines can reach `listen`: the page asks nobody who they are."""

    listen: str = ""
    """Address and port of the page for people, such as "127.0.0.1:8222"; "" for none."""
    hosts: tuple[str, ...] = ()
    """Names under which that page is asked, beside addresses, `localhost` and names without a dot."""

    def __post_init__(self) -> None:
        if self.listen and not is_this_machine(self.address[0]):
            raise ValueError(
                f'listen = "{self.listen}" can be reached by other machines, and the page asks nobody for a password;'
                f' write "127.0.0.1:{self.address[1]}", and put a reverse proxy that asks for one before it.'
            )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of `listen`."""
        host, _, port = self.listen.rpartition(":")
        return host.strip("[]"), int(port)
