"""What axe-core finds wrong with a page in Chromium: WCAG's rules, those of good practice; and pages that are too wide.

axe-core comes in a Python package of others (requirements/look.txt), of which the one script is read; `make look`
fetches it into build/axe.
"""

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-device-scale-factor=2",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).parents[1] / "build" / "axe" / "axe_playwright_python" / "axe.min.js"
PATIENCE_MS = 20_000
RUN = """
axe.run(document).then(results => {
  const found = results.violations.flatMap(
    rule => rule.nodes.map(node => `${rule.id}: ${rule.help}: ${node.html.slice(0, 200)}`));
  if (document.documentElement.scrollWidth > innerWidth)
    found.push(`width: the page is ${document.documentElement.scrollWidth} wide, the window ${innerWidth}`);
  const said = document.createElement("script");
  said.type = "application/json";
  said.id = "axe";
  said.textContent = JSON.stringify(found).replaceAll("<", "\\\\u003c");
  document.body.append(said);
})
"""


def violations(page: str, scheme: str, width: int) -> list[str]:
    """Rule, what it asks, and the element that breaks it; and whether one must scroll sideways.

    Chromium lays a page out at 500 pixels or more here, whatever `width` says. Raises ValueError if axe-core
    says nothing.
    """
    scripts = f"<script>{AXE.read_text('utf-8')}</script><script>{RUN}</script></html>"
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "page.html"
        file.write_text(page.replace("</html>", scripts), "utf-8")
        command = [
            str(CHROMIUM),
            *QUIET,
            f"--user-data-dir={place}/profile",
            f"--blink-settings=preferredColorScheme={scheme}",
            f"--window-size={width},1000",
            f"--virtual-time-budget={PATIENCE_MS}",
            "--dump-dom",
            file.as_uri(),
        ]
        dom = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode("utf-8")
    said = re.search(r'<script type="application/json" id="axe">(.*?)</script>', dom, re.DOTALL)
    if said is None:
        msg = "axe-core did not come to an end"
        raise ValueError(msg)
    return [str(each) for each in json.loads(said[1])]
