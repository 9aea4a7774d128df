"""The evening itself: who stands where, what happens when, and how it is brought to its end."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

from origin import Origin

from attacks.clock import Clock
from attacks.desk import Desk
from attacks.disk import Disk, small_disk
from attacks.hostile import BUSY, HEAVY, NAMES, RUMOUR, busy, hostile, is_played
from attacks.ledger import Witness, rows
from attacks.post import Post, post_office
from attacks.press import TOPICS, HonestFeed, Press, honest_feeds
from attacks.service import Service
from monitor.resources import resource

DISTURBANCES = {"kill": 54, "pause": 24, "term": 7, "hup": 8, "disk": 3, "clock": 4}
"""How often each, of a hundred. Kills, SIGTERM and pauses are what is counted."""

COUNTED = frozenset({"kill", "pause", "term"})
OTHERS = ("mail", "commands")
WAITS, WAITS_WHEN_LATE = 0.75, 0.4
"""How often a blow waits until the daemon has said that it has started: on a slow machine, where that takes long, it
would else never get so far.
"""

AIMED, AIM_SECONDS = 0.25, 3.0
JUMPS = (-3600.0, -900.0, 900.0, 3600.0, 3 * 3600.0)
"""How wrong the clock may become, in seconds: a guest that was suspended, a battery that is empty, a wrong zone."""

WRONG_SECONDS = (2.0, 20.0)
"""How long it stays so: until the time is fetched from the network."""

START_SECONDS = 60.0
QUIET_SECONDS = 120.0
"""How long it is left alone at the end for what is due by then."""

LONGEST_REST = 3
"""In steps of the plan."""

OVERTIME = 1.2
CLOSING_ROUNDS = 8

DIGESTS = {
    "Daily": ("Harbours", "Orchards"),
    "Port": ("Harbours",),
    "Evening 1": ("Harbours", "Orchards"),
    "Evening 2": ("Orchards",),
    "Rumours": ("Rumours",),
}
RECIPIENTS = {"Daily": tuple(f"{name}@reader.example" for name in "abcdef")}
ON_A_SLOT = ("Evening 1", "Evening 2")
"""Their time comes in the course of the evening, by an edit of the config."""


ALERTED, WATCH, AT_MOST = "Harbours", "watch@reader.example", 20
ALERT = f'alert = {{ to = ["{WATCH}"], cool_down = "10s", at_most = {AT_MOST}, grown = 0 }}'
"""One topic has alerts, for somebody who gets nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be played. `without`: names of attacks that are left out."""

    folder: Path
    kills: int
    seed: int
    minutes: float
    channel: str
    feeds: int = 30
    without: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class Evening:
    """Everybody who takes part, and what happened."""

    plan: Plan
    disk: Disk
    clock: Clock
    press: Press
    feeds: list[HonestFeed]
    origin: Origin
    post: Post
    service: Service
    desk: Desk
    witness: Witness
    chance: Random
    slots: dict[str, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    marks_on_page: dict[int, set[str]] = field(default_factory=dict)
    """By edition, found by the account."""
    seconds: float = 0.0

    @property
    def database(self) -> Path:
        return self.witness.file

    @property
    def blows(self) -> int:
        """Kills and pauses so far."""
        return sum(self.done[name] for name in COUNTED)

    @property
    def step(self) -> float:
        """Seconds from one to the next, by the plan."""
        return self.plan.minutes * 60 / max(self.plan.kills, 1)

    def url_of(self, feed: HonestFeed) -> str:
        return self.origin.url(feed.path, feed.address)


@contextmanager
def evening(plan: Plan) -> Iterator[Evening]:
    """All in their places; the daemon does not run yet. Whatever is left of it at the end is killed."""
    plan.folder.mkdir(parents=True, exist_ok=True)
    clock = Clock(plan.folder / "clock")
    clock.set(0)
    service = Service(config=plan.folder / "config.toml", log=plan.folder / "log", clock=clock)
    press = Press(seed=plan.seed, disturbances=lambda: service.disturbances)
    feeds = honest_feeds(plan.feeds, press)
    addresses = [*(feed.address for feed in feeds), *map(hostile_address, range(len(NAMES)))]
    is_rude = "mail" not in plan.without
    with (
        small_disk(plan.folder / "disk") as disk,
        Origin(*addresses) as origin,
        post_office(plan.seed, plan.folder / "accepted", is_rude=is_rude) as post,
    ):
        witness = Witness(file=disk.folder / "data" / "news-monitor.db")
        desk = Desk(
            config=service.config,
            clock=clock,
            database=witness.file,
            digests=[name for name in DIGESTS if name != "Rumours" or "crowd" not in plan.without],
            chance=Random(f"{plan.seed} desk"),
            after_a_kill=witness.look,
        )
        night = Evening(
            plan=plan,
            disk=disk,
            clock=clock,
            press=press,
            feeds=feeds,
            origin=origin,
            post=post,
            service=service,
            desk=desk,
            witness=witness,
            chance=Random(f"{plan.seed} evening"),
        )
        serve(night)
        write_config(night)
        try:
            yield night
        finally:
            desk.over.set()
            service.close()


def hostile_address(number: int) -> str:
    return f"127.0.2.{number + 1}"


def serve(night: Evening) -> None:
    for feed in night.feeds:
        night.origin.serve(feed.path, feed.script)
    for path, code in BUSY.items():
        night.origin.serve(path, busy(code))
    silenced = [night.origin.url("", feed.address) for feed in night.feeds]
    for name, script in hostile(night.plan.seed, silenced).items():
        night.origin.serve(f"/hostile/{name}", script)


def write_config(night: Evening) -> None:
    """The config as it is now: `slots` says at what time which digest is due."""
    plan, origin = night.plan, night.origin
    lines = ["[polling]", 'host_gap = "0s"', 'allow_private = ["127.0.0.0/8"]', f"allow_ports = [{origin.port}]"]
    lines += ['connect_timeout = "2s"', 'read_timeout = "3s"', 'total_timeout = "5s"', ""]
    for feed in night.feeds:
        lines += [
            "[[feeds]]",
            f'url = "{night.url_of(feed)}"',
            f'outlet = "Paper {feed.number}"',
            'interval = "3s"',
            "",
        ]
    for number, name in enumerate(name for name in NAMES if is_played(name, plan.without)):
        url = origin.url(f"/hostile/{name}", hostile_address(number))
        lines += ["[[feeds]]", f'url = "{url}"', f'interval = "{"30s" if name in HEAVY else "4s"}"', ""]
    for name, word in {**TOPICS, "Rumours": RUMOUR}.items():
        lines += ["[[topics]]", f'name = "{name}"', f'any = ["{word}"]', ALERT if name == ALERTED else "", ""]
    lines += [shipped_topics(), ""]
    far = f"{datetime.now(UTC) + timedelta(hours=12):%H:%M}"  # noqa: TID251 (the evening's own clock)
    for name, topics in DIGESTS.items():
        recipients = RECIPIENTS.get(name, (f"{name.lower().replace(' ', '-')}@reader.example",))
        lines += ["[[digests]]", f'name = "{name}"', f"to = {json.dumps(recipients)}", f"topics = {json.dumps(topics)}"]
        lines += [f'at = "{night.slots.get(name, far)}"', ""]
    lines += ["[storage]", f'folder = "{night.disk.folder / "data"}"', "backups_kept = 2", "", "[mail]"]
    if plan.channel == "smtp":
        lines += ['kind = "smtp"', 'host = "127.0.0.1"', f"port = {night.post.port}", 'tls = "none"']
        lines += ['sender = "monitor@x.example"', 'command_timeout = "2s"', 'reply_timeout = "2s"']
    else:
        lines += ['kind = "maildir"']
    file = night.service.config
    file.with_name("config.new").write_text("\n".join([*lines, ""]))
    file.with_name("config.new").replace(file)


def shipped_topics() -> str:
    """Lists and topics as they come with the program: no digest here asks for them, but all texts are read for them."""
    text = resource("config.example.toml").read_text("utf-8")
    return text[text.index("\n[lists]\n") : text.index("\n# ---- Digests")]


def play(night: Evening) -> None:
    """Disturb it until there were enough kills and pauses, or the time is over; then bring it to its end."""
    began = time.monotonic()
    night.service.await_start(START_SECONDS)
    worker = threading.Thread(target=night.desk.work, daemon=True)
    if "commands" not in night.plan.without:
        worker.start()
    while not _is_over(night, _elapsed(began)):
        rest = night.step * (night.blows + 1) - _elapsed(began)
        if night.chance.random() < (WAITS if rest > 0 else WAITS_WHEN_LATE):
            night.service.await_start(START_SECONDS)
        time.sleep(night.chance.uniform(0, min(max(2 * rest, 1.0), LONGEST_REST * night.step)))
        if night.plan.kills:
            disturb(night)
        _set_slots(night, _elapsed(began) / (night.plan.minutes * 60))
    night.desk.over.set()
    if worker.ident:
        worker.join()
    close(night)
    night.seconds = _elapsed(began)


def _is_over(night: Evening, elapsed: float) -> bool:
    """Whether there were enough blows, or there is no more time for them."""
    seconds = night.plan.minutes * 60
    if not night.plan.kills:
        return elapsed >= seconds
    return night.blows >= night.plan.kills or elapsed >= seconds * OVERTIME


def _elapsed(began: float) -> float:
    return time.monotonic() - began


def disturb(night: Evening) -> None:
    """One blow, of a random kind."""
    weights = {name: weight for name, weight in DISTURBANCES.items() if name not in night.plan.without}
    if not weights:
        return
    (name,) = night.chance.choices(list(weights), list(weights.values()))
    blows: dict[str, Callable[[Evening], None]] = {
        "kill": _kill, "term": _term, "hup": lambda night: night.service.reload(), "pause": _pause, "disk": _disk,
        "clock": _clock,
    }  # fmt: skip
    night.service.keep_up()
    blows[name](night)
    night.done[name] += 1


def _kill(night: Evening) -> None:
    """At any moment; or just after a message was accepted, which the program has to write down."""
    if night.plan.channel == "smtp" and night.chance.random() < AIMED:
        night.post.accepted.clear()
        if night.post.accepted.wait(AIM_SECONDS):
            time.sleep(night.chance.uniform(0, 0.02))
            night.done["kill: just after the final dot"] += 1
    night.service.kill(is_group=night.chance.random() < 0.4)
    night.witness.look()


def _term(night: Evening) -> None:
    night.service.kill("SIGTERM", is_group=False)
    night.witness.look()


def _pause(night: Evening) -> None:
    """Most are short; one in six ends in a kill."""
    chance = night.chance
    seconds = chance.choice((chance.uniform(0.1, 1), chance.uniform(0.1, 1), chance.uniform(1, 8)))
    is_killed = chance.random() < 0.16
    night.service.pause(seconds, is_group=chance.random() < 0.5, is_killed=is_killed)
    if is_killed:
        night.witness.look()


def _disk(night: Evening) -> None:
    """Full for a few seconds; half the time the daemon is killed in them, and started on the full disk."""
    way = night.chance.choice(night.disk.ways)
    night.done[f"disk: {way}"] += 1
    with night.disk.full(way, night.service, night.chance):
        time.sleep(night.chance.uniform(0.5, 4))
        if night.chance.random() < 0.5:
            _kill(night)
            night.done["kill"] += 1
            night.service.keep_up()
            time.sleep(night.chance.uniform(0.5, 4))


def _clock(night: Evening) -> None:
    """Wrong for some seconds, back again; half the time the daemon is started or killed while it is wrong."""
    seconds = night.chance.choice(JUMPS)
    night.service.say(f"the clock is wrong by {seconds:.0f} s")
    night.done[f"clock: {seconds / 60:+.0f} min"] += 1
    night.clock.set(seconds)
    try:
        time.sleep(night.chance.uniform(*WRONG_SECONDS) / 2)
        if night.chance.random() < 0.5:
            _kill(night)
            night.done["kill"] += 1
            night.service.keep_up()
        time.sleep(night.chance.uniform(*WRONG_SECONDS) / 2)
    finally:
        night.clock.set(0)
        night.service.say("the clock is right")


def _set_slots(night: Evening, share: float) -> None:
    """Early in the evening the time of some digests is set to the next minute but one."""
    for number, name in enumerate(ON_A_SLOT):
        if name not in night.slots and share >= 0.15 + 0.3 * number and night.plan.minutes >= 3:
            due = datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251 (the evening's own clock)
            night.slots[name] = f"{due:%H:%M}"
            write_config(night)
            night.service.reload()


def close(night: Evening) -> None:
    """Everything quiet: a last poll, a last edition of each digest, until every message has arrived."""
    night.press.is_open = False
    night.post.is_rude = False
    if not night.service.await_start(START_SECONDS):
        night.faults.append("the daemon did not start at the end of the evening")
    _await_editions(night)
    _poll_all(night)
    for digest in night.desk.digests:
        outcome = night.desk.call("digest", "send", digest)
        if outcome.returncode not in {0, 1}:
            night.faults.append(f"the last edition of {digest} could not be made: {outcome.stderr[-200:]}")
    for _ in range(CLOSING_ROUNDS):
        found = night.desk.undelivered()
        if not found:
            break
        night.desk.call("deliveries", "retry", *found)
    night.service.keep_up()
    night.service.kill("SIGTERM")
    night.witness.look()


def _await_editions(night: Evening) -> None:
    """The editions that are due: among kills that leave it no ten seconds, the daemon may not have got to one."""
    deadline = time.monotonic() + QUIET_SECONDS
    wanted, made = set(night.slots), "SELECT d.name FROM slots s JOIN digests d ON d.id = s.digest_id"
    while time.monotonic() < deadline and not wanted <= {name for (name,) in rows(night.database, made)}:
        time.sleep(1)
        night.service.keep_up()


def _poll_all(night: Evening) -> None:
    """The last polls; an honest feed that may not be asked, or fails, has been silenced."""
    outcome = night.desk.call("poll", "--json", *(night.url_of(feed) for feed in night.feeds))
    try:
        reports = json.loads(outcome.stdout)["reports"]
    except ValueError:
        night.faults.append(f"the last poll said nothing: {outcome.stderr[-200:]}")
        return
    for report in reports:
        if report["is_failure"] or report["status"] == "too soon":
            night.faults.append(f"{report['name']} is not read at the end: {report['status']}, {report['reason']}")
