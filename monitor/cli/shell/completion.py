"""`completion`: the script that makes a shell complete commands, options and names; and what the script asks."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

import typer

ASK = "__complete"
"""The first argument of the program when a shell asks; behind it the shell, and what is typed."""

BASH = """\
# Completion of news-monitor for bash. Quoting and the place to replace are worked out by the program.
_news_monitor() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        COMPREPLY+=("$line")
    done < <(news-monitor __complete bash "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null)
}
complete -o bashdefault -o default -F _news_monitor news-monitor
"""

ZSH = """\
#compdef news-monitor
# Completion of news-monitor for zsh. It quotes what it inserts by itself. The function has the name of the file that
# zsh loads it from: else only the first completion of a session would be one.
_news-monitor() {
    local line
    local -a values shown
    while IFS= read -r line; do
        values+=("${line%%$'\\t'*}")
        shown+=("${line/$'\\t'/  -- }")
    done < <(news-monitor __complete words "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)
    if (( ${#values} )); then
        compadd -l -d shown -a values
    else
        _files
    fi
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _news-monitor "$@"
else
    compdef _news-monitor news-monitor
fi
"""

FISH = """\
# Completion of news-monitor for fish. It quotes what it inserts by itself.
function __news_monitor
    set -l typed (commandline -ct)
    set -l plain (string unescape -- "$typed"; or string trim --left --chars '"\\'' -- "$typed")
    news-monitor __complete words (commandline -opc) "$plain" 2>/dev/null
end
complete -c news-monitor -a '(__news_monitor)'
"""

HELP = """\
Print the script by which a shell completes commands, options, topics, feeds, digests and stories.

Write it where your shell looks for such scripts:

\b
bash  ~/.local/share/bash-completion/completions/news-monitor
zsh   a file _news-monitor in a folder of $fpath
fish  ~/.config/fish/completions/news-monitor.fish
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def completion(
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="The shell.")],
) -> None:
    """Print the script by which a shell completes commands, options, topics, feeds, digests and stories."""
    from monitor.errors import UsageError

    if shell not in SCRIPTS:
        raise UsageError(f'There is no completion for "{shell}", only for {", ".join(SCRIPTS)}.')
    print(SCRIPTS[shell], end="")


def answer(program: Any, asked: Sequence[str]) -> None:
    """Print what may come next. Whatever is wrong, nothing else is printed."""
    with suppress(Exception):
        lines = _of_bash(program, *asked[1:3]) if asked[0] == "bash" else _of_words(program, asked[1:])
        sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


def _of_bash(program: Any, typed: str, breaks: str) -> list[str]:
    from monitor.cli.shell.candidates import candidates
    from monitor.cli.shell.line import offered, read_line

    line = read_line(typed, breaks)
    found = (offered(line, value) for value, _ in candidates(program, line.words, line.partial))
    return [each for each in found if each]


def _of_words(program: Any, words: Sequence[str]) -> list[str]:
    from monitor.cli.shell.candidates import candidates
    from monitor.cli.shell.line import CONTROL

    found = candidates(program, words[:-1], words[-1])
    return [f"{value}\t{' '.join(about.split())}" for value, about in found if not CONTROL.search(value)]
