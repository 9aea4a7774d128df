"""`init`: three questions in a terminal, flags elsewhere, and nothing left behind when it ends early."""

import json
import os
import stat
import tomllib
from pathlib import Path
from typing import Any

import pytest
from daemons import asked
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program import EDITABLE
from terminal import Terminal
from typer.testing import CliRunner

from monitor.cli import app, init, init_questions
from monitor.cli.init_questions import Given, answered, checked_text
from monitor.config import load
from monitor.errors import UsageError


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TZ", "Europe/Lisbon")
    monkeypatch.setattr("tzlocal.unix._cache_tz_name", None)


def said(*words: str) -> tuple[int, str, str]:
    """`init` with these words, without a terminal: its exit code, what it prints, and its mistakes."""
    done = asked(Path("config.toml"), "init", *words)
    return done.returncode, done.stdout, done.stderr


def written() -> dict[str, Any]:
    return tomllib.loads(Path("config.toml").read_text("utf-8"))


def test_flags_make_a_short_config_that_check_takes(tmp_path: Path) -> None:
    code, out, _ = said(
        *("--topic", "Syria ceasefire", "--topic", '"Red Sea" shipping -cruise', "--to", "desk@news.example"),
        *("--at", "18:00", "--at", "7:00", "--feed", "https://news.example/rss"),
    )
    assert code == 0
    assert "Syria ceasefire: looks for each of: @syria, @ceasefire" in out
    config = written()
    assert [each["name"] for each in config["topics"]] == ["Syria ceasefire", '"Red Sea" shipping -cruise']
    assert config["topics"][1]["none"] == ["cruise"]
    assert config["digests"] == [
        {"name": "Daily", "to": ["desk@news.example"], "at": ["07:00", "18:00"], "timezone": "Europe/Lisbon"}
    ]
    assert config["mail"]["kind"] == "maildir"
    assert len(Path("config.toml").read_text().splitlines()) < 45
    checked = asked(Path("config.toml"), "check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_one_topic_makes_thirty_lines_and_names_the_next_commands() -> None:
    code, out, _ = said("--topic", "Syria ceasefire")
    assert code == 0
    assert 20 <= len(Path("config.toml").read_text().splitlines()) <= 34
    assert "news-monitor topics sources 'Syria ceasefire' --try" in out
    assert "news-monitor check" in out
    assert asked(Path("config.toml"), "check", "--draft").returncode == 0


def test_facts_as_json() -> None:
    code, out, _ = said("--topic", "Syria or Iraq", "--maildir", "~/Mail/news", "--zone", "Asia/Tokyo", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["topics"] == [{"name": "Syria or Iraq", "all": [["@syria", "@iraq"]], "none": []}]
    assert (found["maildir"], found["timezone"], found["at"]) == ("~/Mail/news", "Asia/Tokyo", ["07:00"])
    assert found["next"][0] == "news-monitor topics sources 'Syria or Iraq' --try"


@pytest.mark.parametrize(
    ("server", "login", "mail"),
    [
        ("smtp.mail.net", "", {"host": "smtp.mail.net"}),
        ("smtp.mail.net:465", "", {"host": "smtp.mail.net", "port": 465, "tls": "implicit"}),
        ("localhost:2525", "", {"host": "localhost", "port": 2525, "tls": "none"}),
        (
            "smtp.mail.net:587",
            "me@mail.net",
            {"host": "smtp.mail.net", "port": 587, "username": "me@mail.net", "password_file": "smtp-password"},
        ),
    ],
)
def test_a_mail_server(server: str, login: str, mail: dict[str, Any]) -> None:
    flags = ("--login", login) if login else ()
    code, out, err = said("--topic", "Ports", "--to", "me@mail.net", "--server", server, *flags)
    assert (code, err) == (0, "")
    assert written()["mail"] == {"kind": "smtp", "sender": "News Monitor <me@mail.net>", **mail}
    assert ("smtp-password" in out) == bool(login)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "A config needs a topic"),
        (("--to", "a@b.example"), "A config needs a topic"),
        (("--topic", ""), "--topic: A topic needs a word"),
        (("--topic", "Syria or Iraq ceasefire"), "--topic: Syria or Iraq ceasefire – can be read in two ways"),
        (("--topic", "x\0y zz"), "--topic: "),
        (("--topic", "Ports", "--maildir", "m", "--server", "s.example"), "--maildir sends nothing"),
        (("--topic", "Ports", "--server", "s.example"), "Add --to ADDRESS"),
        (("--topic", "Ports", "--to", "a@b.net", "--login", "me"), "--login is for a mail server"),
        (("--topic", "Ports", "--to", "nobody"), '--to: "nobody" is not a mail address'),
        (("--topic", "Ports", "--to", "a@example.org", "--server", "mail.net"), "--to: "),
        (("--topic", "Ports", "--to", "a@b.net", "--server", "mail.net:x"), "--server: "),
        (("--topic", "Ports", "--to", "a@b.net", "--server", "https://mail.net"), "--server: "),
        (("--topic", "Ports", "--to", "a@b.net", "--server", "mail.net:70000"), "--server: "),
        (("--topic", "Ports", "--at", "25:00"), '--at: "25:00" is not a time of day'),
        (("--topic", "Ports", "--at", ""), "--at: "),
        (("--topic", "Ports", "--zone", "CEST"), '--zone: "CEST" is not a time zone'),
        (("--topic", "Ports", "--feed", "news.example/rss"), "--feed: "),
        (("--topic", "Ports", "--feed", "http://127.0.0.1/rss"), "--feed: 127.0.0.1 is not a public address"),
        (("--topic", "Ports", "--maildir", "a-file/mail"), "a-file is a file"),
        (("--example", "--topic", "Ports"), "--example writes a fixed file, and --topic"),
        (("--topic", "@nothing"), "nothing"),
    ],
)
def test_what_cannot_be_is_refused_by_its_flag_and_nothing_is_written(words: tuple[str, ...], told: str) -> None:
    Path("a-file").touch()
    code, out, err = said(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert "config.toml:" not in err
    assert sorted(each.name for each in Path().iterdir()) == ["a-file"]


def test_a_file_that_exists_is_left_alone_whatever_is_asked() -> None:
    Path("config.toml").write_text("mine")
    for words in (("--topic", "Ports"), ("--example",), ("--topic", "Ports", "--json")):
        code, _, err = said(*words)
        assert (code, Path("config.toml").read_text()) == (2, "mine")
        assert "already exists" in err
    assert said("--topic", "Ports", "--force")[0] == 0
    Path("loose").symlink_to("nowhere")
    assert asked(Path("loose"), "init", "--topic", "Ports").returncode == 2
    assert asked(Path("x"), "init", "--topic", "Ports", ".").returncode == 2
    assert not Path("nowhere").exists()


def test_the_config_goes_where_the_next_command_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_MONITOR_CONFIG", "deep/mine.toml")
    done = CliRunner().invoke(app, ["init", "--topic", "Ports"])
    assert done.exit_code == 0, done.output
    assert Path("deep/mine.toml").exists()
    assert "\n  news-monitor check\n" in done.stdout
    done = CliRunner().invoke(app, ["init", "other's.toml", "--topic", "Ports"])
    assert "news-monitor --config 'other'\"'\"'s.toml' check" in done.stdout


@given(
    name=st.text(min_size=1, max_size=60),
    maildir=st.text(max_size=20),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_odd_characters_make_a_config_that_can_be_read_or_a_sentence(name: str, maildir: str, tmp_path: Path) -> None:
    try:
        answers = answered(Given(topics=(name,), maildir=maildir), "")
        text = checked_text(answers, tmp_path / "config.toml")
    except UsageError:
        return
    assert [each["name"] for each in tomllib.loads(text.decode())["topics"]] == [each.name for each in answers.topics]


@pytest.mark.parametrize("zone", ["Europe/Lisbon", ":Asia/Tokyo", "nonsense", "EST5EDT"])
def test_the_zone_of_the_machine_or_utc(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    assert init_questions.system_zone() in {"Europe/Lisbon", "Asia/Tokyo", "UTC", "America/New_York"}


def test_a_config_of_the_system_names_the_data_folder_of_the_unit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_system(tmp_path, monkeypatch)
    done = CliRunner().invoke(app, ["init", "etc/news-monitor/config.toml", "--topic", "Ports"])
    assert done.exit_code == 0, done.output
    text = Path("etc/news-monitor/config.toml").read_text("utf-8")
    assert tomllib.loads(text)["storage"] == {"folder": str(tmp_path / "lib")}


def of_system(place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Below `etc` is the config of the system, and its data folder, which is returned, is `lib`."""
    monkeypatch.setattr(init, "SYSTEM_FOLDER", place / "etc")
    monkeypatch.setattr(init, "FOLDER_OF_SERVICE", str(place / "lib"))
    return place / "lib"


def test_a_config_of_the_system_includes_files_in_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = of_system(tmp_path, monkeypatch), tmp_path / "etc" / "config.toml"
    words = ("--topic", "Ports", "--topic", "Syria ceasefire", "--feed", "https://news.example/rss")
    done = asked(config, "init", *words)
    assert done.returncode == 0, done.stderr
    assert f"Wrote {folder}/feeds.toml.\nWrote {folder}/topics.toml.\nWrote {config}.\n" in done.stdout
    assert "Commands write feeds and topics into feeds.toml and topics.toml" in " ".join(done.stdout.split())
    text = tomllib.loads(config.read_text())
    assert text["include"] == [f"{folder}/feeds.toml", f"{folder}/topics.toml"]
    assert not {"feeds", "topics"} & text.keys()
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder, *sorted(folder.iterdir()))] == [0o700, 0o600, 0o600]
    checked = asked(config, "check")
    assert (checked.returncode, checked.stderr) == (0, "")
    loaded = load(config, {})
    assert [each.name for each in loaded.topics] == ["Ports", "Syria ceasefire"]
    assert [each.url for each in loaded.feeds] == ["https://news.example/rss"]
    assert (folder / "topics.toml").read_text().startswith("# Topics and lists.")


def test_files_that_are_in_the_data_folder_already_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = of_system(tmp_path, monkeypatch), tmp_path / "etc" / "config.toml"
    folder.mkdir()
    (folder / "topics.toml").write_text('[[topics]]\nname = "Old"\nany = ["quay"]\n')
    before = (folder / "topics.toml").read_bytes()
    found = json.loads(asked(config, "init", "--topic", "Ports", "--json").stdout)
    assert (found["file"], found["included"]) == (str(config), [f"{folder}/feeds.toml"])
    assert (folder / "topics.toml").read_bytes() == before
    assert [each.name for each in load(config, {}, is_draft=True).topics] == ["Ports", "Old"]
    config.unlink()
    refused = asked(config, "init", "--topic", "old")
    assert refused.returncode == 2
    told = f'{folder}/topics.toml:2: topics[0] "Old": name: the same name as one that you ask for. Nothing was written.'
    assert refused.stderr.strip() == told
    assert not config.exists()


def test_the_example_of_the_system_includes_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, config = of_system(tmp_path, monkeypatch), tmp_path / "etc" / "config.toml"
    done = asked(config, "init", "--example", "--json")
    assert json.loads(done.stdout)["included"] == [f"{folder}/feeds.toml", f"{folder}/topics.toml"]
    assert load(config, {}).included == (folder / "feeds.toml", folder / "topics.toml")
    assert load(config, {}).absent == ()


def test_they_go_again_if_the_config_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = of_system(tmp_path, monkeypatch)
    (tmp_path / "etc").write_text("not a folder")
    monkeypatch.setattr(init, "_check_free", lambda *_, **__: None)
    refused = asked(tmp_path / "etc" / "config.toml", "init", "--topic", "Ports")
    assert (refused.returncode, "cannot be written" in refused.stderr) == (2, True)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a folder away")
def test_they_belong_to_the_owner_of_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, config = of_system(tmp_path, monkeypatch), tmp_path / "etc" / "config.toml"
    folder.mkdir()
    os.chown(folder, 65_534, 65_534)
    assert asked(config, "init", "--topic", "Ports").returncode == 0
    assert {(each.stat().st_uid, each.stat().st_gid) for each in folder.iterdir()} == {(65_534, 65_534)}
    assert config.stat().st_uid == 0


def test_without_the_right_to_write_the_data_folder_the_config_has_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, config = of_system(tmp_path, monkeypatch), tmp_path / "etc" / "config.toml"
    monkeypatch.setattr("monitor.cli.init_service.closed_folder", lambda folder: folder)
    found = json.loads(asked(config, "init", "--topic", "Ports", "--json").stdout)
    assert (found["included"], folder.exists()) == ([], False)
    text = tomllib.loads(config.read_text())
    assert ("include" in text, [each["name"] for each in text["topics"]]) == (False, ["Ports"])


def test_a_user_without_a_home_folder_is_told_to_write_the_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(_: Path) -> Path:
        raise RuntimeError

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert "no home folder" in said("--topic", "Ports", "--maildir", "~/mail")[2]


# ---- In a terminal


def at_a_terminal(folder: Path, *words: str) -> Terminal:
    home = {"HOME": str(folder), "LANG": "C.UTF-8", "PATH": os.defpath, "TERM": "xterm", "TZ": "Europe/Lisbon"}
    return Terminal([EDITABLE, "init", *words], folder, home)


@pytest.mark.whole
def test_three_questions(tmp_path: Path) -> None:
    with at_a_terminal(tmp_path) as person:
        person.until("Topics:")
        person.type("\n")
        person.until("needs a word")
        person.until("Topics:")
        person.type("Syria or Iraq ceasefire\n")
        person.until("(Syria or Iraq) ceasefire")
        person.until("Topics:")
        person.type("Syria ceasefire, Müller -Meier\n")
        assert "each of: @syria, @ceasefire" in person.until("Address or folder")
        person.type("me\n")
        person.until("neither")
        person.until("Address or folder")
        person.type("\n")
        assert "Europe/Lisbon" in person.until("Time [07:00]:")
        person.type("half past\n")
        person.until("not a time of day")
        person.type("6:30\n")
        person.until("news-monitor topics sources")
        assert person.end() == 0
    too_long = [line for line in person.screen.splitlines() if len(line) > 80]
    assert [line for line in too_long if " " in line] == []  # a path is not broken, however long it is
    config = tomllib.loads((tmp_path / "config.toml").read_text("utf-8"))
    assert config["digests"][0]["at"] == "06:30"
    assert config["mail"]["folder"] == "~/Mail/news"


@pytest.mark.whole
@pytest.mark.parametrize("ending", ["\x03", "\x04"])
@pytest.mark.parametrize("answers", [[], ["Syria\n"], ["Syria\n", "me@mail.net\n"]])
def test_who_goes_away_leaves_nothing_behind(tmp_path: Path, ending: str, answers: list[str]) -> None:
    with at_a_terminal(tmp_path, "deep/config.toml") as person:
        prompts = ("Topics:", "Address or folder", "Time [")
        for prompt, answer in zip(prompts, answers, strict=False):
            person.until(prompt)
            person.type(answer)
        person.until(prompts[len(answers)])
        person.press(ending, "Nothing was written")
        assert person.end() != 0
    assert "Traceback" not in person.screen
    assert not list(tmp_path.iterdir())


def test_pages_are_offered_and_written_where_they_are_asked_for() -> None:
    feeds = ("--feed", "https://news.example/rss", "--feed", "https://wire.example/rss")
    assert said("--topic", "Syria", *feeds)[0] == 0
    assert '# pages = "near" in a feed of short texts' in Path("config.toml").read_text("utf-8")
    assert not any("pages" in each for each in written()["feeds"])
    assert said("--topic", "Syria", *feeds, "--pages", "near", "--force")[0] == 0
    assert [each["pages"] for each in written()["feeds"]] == ["near", "near"]
    assert "# pages" not in Path("config.toml").read_text("utf-8")
    assert asked(Path("config.toml"), "check").returncode == 0
    code, _, err = said("--topic", "Syria", "--pages", "near", "--force")
    assert code != 0
    assert "--pages is for the feeds of --feed." in err
