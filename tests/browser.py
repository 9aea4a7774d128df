"""One Chromium for many pages, asked over a pipe by its own protocol (DevTools), so that no driver is needed.

with browser() as chromium:
    page = chromium.page(width=320, height=800, scheme="dark")
    page.open("http://127.0.0.1:8222/")
    page.press("Tab")
    page.value("document.activeElement.textContent")
"""

import base64
import json
import os
import select
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from accessible import AXE, CHROMIUM, QUIET

PATIENCE_SECONDS = 60.0
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, " ": 32, "ArrowDown": 40, "ArrowUp": 38}
TEXTS = {"Enter": "\r", " ": " "}

FAULTS = """
axe.run(document, {iframes: false}).then(results => {
  const found = results.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 300)}`));
  const width = document.documentElement.scrollWidth;
  if (width > innerWidth) found.push(`width: the page is ${width} wide, the window ${innerWidth}`);
  return found;
})
"""


class BrowserError(Exception):
    """Chromium refused a command, or said nothing in time."""


@dataclass
class Page:
    """A tab."""

    chromium: "Chromium"
    session: str
    log: list[str] = field(default_factory=list)
    """What the page was forbidden or failed at: each entry of its console."""

    def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self.chromium.do(method, self.session, **parameters)

    def open(self, address: str) -> None:
        """Go there, and wait until all of it is loaded."""
        self._settled(lambda: self.do("Page.navigate", url=address))

    def follow(self, script: str) -> None:
        """Run this, which makes the tab go to another page, and wait for that one."""
        self._settled(lambda: self.do("Runtime.evaluate", expression=script, userGesture=True))

    def _settled(self, act: Any) -> None:
        self.chromium.forget(self.session, "Page.loadEventFired")
        act()
        self.chromium.wait(self.session, "Page.loadEventFired")

    def value(self, script: str) -> Any:
        """What a script comes to; a promise is waited for. Raises BrowserError."""
        asked = {"expression": script, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        found = self.do("Runtime.evaluate", **asked)
        if "exceptionDetails" in found:
            raise BrowserError(json.dumps(found["exceptionDetails"])[:1000])
        return found["result"].get("value")

    def press(self, key: str, *, shift: bool = False) -> None:
        """A key as a keyboard sends it: one of `KEYS`, or a letter."""
        code = KEYS.get(key, ord(key[0].upper()))
        text = TEXTS.get(key, key if len(key) == 1 else "")
        facts = {"key": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        down = {"type": "keyDown", "text": text} if text else {"type": "rawKeyDown"}
        self.do("Input.dispatchKeyEvent", **down, **facts)
        self.do("Input.dispatchKeyEvent", type="keyUp", **facts)

    def press_and_wait(self, key: str) -> None:
        """A key that leads to another page."""
        self._settled(lambda: self.press(key))

    def type(self, text: str) -> None:
        self.do("Input.insertText", text=text)

    def until(self, script: str, seconds: float = 10.0) -> Any:
        """The first true value of a script. Raises BrowserError after so long."""
        end = time.monotonic() + seconds
        while not (found := self.value(script)):
            if time.monotonic() > end:
                raise BrowserError(f"Never true in {seconds} s: {script}")
            time.sleep(0.05)
        return found

    def picture(self, file: Path, most: int = 6000) -> None:
        """The whole page, up to this height."""
        height = min(self.value("Math.max(document.documentElement.scrollHeight, innerHeight)"), most)
        width = self.value("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        found = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(found["data"]))

    def faults(self) -> list[str]:
        """What axe-core finds, and whether one must scroll sideways."""
        self.do("Runtime.evaluate", expression=AXE.read_text("utf-8"))
        return [str(each) for each in self.value(FAULTS)]

    def close(self) -> None:
        self.do("Page.close")


class Chromium:
    """The process, and what it said that nobody asked for yet."""

    def __init__(self, orders: IO[bytes], answers: IO[bytes]) -> None:
        self._orders, self._answers, self._count = orders, answers, 0
        self._rest = b""
        self._events: list[dict[str, Any]] = []
        self._pages: dict[str, Page] = {}

    def do(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        """A command and its result. Raises BrowserError."""
        self._count += 1
        number = self._count
        order: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if session:
            order["sessionId"] = session
        self._orders.write(json.dumps(order).encode() + b"\0")
        self._orders.flush()
        while (said := self._next()).get("id") != number:
            pass
        if "error" in said:
            raise BrowserError(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            if not select.select([self._answers], [], [], PATIENCE_SECONDS)[0]:
                raise BrowserError(f"Chromium said nothing for {PATIENCE_SECONDS:.0f} s.")
            piece = os.read(self._answers.fileno(), 1 << 20)
            if not piece:
                raise BrowserError("Chromium has ended.")
            self._rest += piece
        first, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(first)
        if "method" in said:
            self._events.append(said)
            self._note(said)
        return said

    def _note(self, said: Mapping[str, Any]) -> None:
        page = self._pages.get(said.get("sessionId", ""))
        if page is not None and said["method"] == "Log.entryAdded":
            page.log.append(said["params"]["entry"]["text"])

    def forget(self, session: str, event: str) -> None:
        self._events = [each for each in self._events if not _is(each, session, event)]

    def wait(self, session: str, event: str) -> None:
        while not any(_is(each, session, event) for each in self._events):
            self._next()
        self.forget(session, event)

    def page(self, *, width: int = 1200, height: int = 900, scheme: str = "light", has_script: bool = True) -> Page:
        """A new tab: of this size, in this light, and with JavaScript on or off."""
        target = self.do("Target.createTarget", url="about:blank")["targetId"]
        session = self.do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session)
        for domain in ("Page", "Log"):
            page.do(f"{domain}.enable")
        page.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        page.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        page.do("Emulation.setScriptExecutionDisabled", value=not has_script)
        page.do("Emulation.setFocusEmulationEnabled", enabled=True)
        return page


def _is(said: Mapping[str, Any], session: str, event: str) -> bool:
    return said.get("sessionId") == session and said["method"] == event


@contextmanager
def browser() -> Iterator[Chromium]:
    """Chromium with a profile of its own, until the block ends."""
    to_it, ours = os.pipe()
    theirs, from_it = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        shell = f'exec "$0" "$@" 3<&{to_it} 4>&{from_it}'
        command = [str(CHROMIUM), *QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}", "about:blank"]
        process = subprocess.Popen(
            ["/bin/bash", "-c", shell, *command],
            pass_fds=(to_it, from_it),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_it)
        os.close(from_it)
        try:
            with os.fdopen(ours, "wb") as orders, os.fdopen(theirs, "rb") as answers:
                yield Chromium(orders, answers)
        finally:
            process.terminate()
            process.wait(20)
