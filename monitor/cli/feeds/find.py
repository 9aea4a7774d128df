"""`feeds find`: feeds of the catalogue, by words."""

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import output

if TYPE_CHECKING:
    from monitor.config import Settings


def find(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORD]…", help="An outlet, a domain, a country, a subject.")
    ] = None,
    country: Annotated[
        str, typer.Option("--country", metavar="NAME", help="Only feeds from or about this country: SY or Syria.")
    ] = "",
    language: Annotated[str, typer.Option("--language", metavar="CODE", help="Only feeds in this language: ar.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of feeds.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find news feeds by words, in the catalogue that comes with the program: some 1,700 feeds of 87 countries.

    No feed of it has been tried: whether one answers is known when it is polled. Add one with `feeds add URL`.
    """
    from monitor.catalogue.finding import found
    from monitor.cli import catalogue

    sources = found(" ".join(words or ()), country=country, language=language, limit=limit)
    experienced = catalogue.experience(_settings(context))
    known = [(each, catalogue.known_of(each, experienced)) for each in sources]
    if as_json:
        output.print_json({"feeds": [catalogue.facts(*each) for each in known]})
    elif not sources:
        output.print_wrapped("The catalogue has no such feed. Try fewer words, or the address of the outlet's page.")
    else:
        rows = [(each.outlet, _is(catalogue.described(each), each.covers), each.url, says) for each, says in known]
        catalogue.print_numbered(rows)


def _is(described: str, covers: str) -> str:
    return f"({described}) {covers}".strip() if described else covers


def _settings(context: typer.Context) -> "Settings | None":
    """None without a config, or with a mistake in it: the catalogue is still there."""
    from monitor.cli.settings import outline_of
    from monitor.errors import ConfigError

    try:
        return outline_of(context)
    except ConfigError:
        return None
