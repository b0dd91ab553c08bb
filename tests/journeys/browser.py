"""Chromium, steered through a pipe: what a merchant sees and clicks in the frame of the simulated admin."""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

from tests.journeys.app import until

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe"),
)
# Chromium reads from 3 and writes to 4.
PLUMBING = """if True:
    import ctypes, fcntl, os, sys
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, 9)  # it is killed when the test run is: left alone it would spin for ever
    ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
    for end, place in zip(ends, (3, 4)):
        os.dup2(end, place)
    os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One page with a frame in it, and what its console said."""

    def __init__(self, folder: Path) -> None:
        its_end, self._to = os.pipe()
        self._from, other_end = os.pipe()
        chromium = (str(CHROMIUM), *FLAGS, f"--user-data-dir={folder}", "about:blank")
        self._process = subprocess.Popen(
            [sys.executable, "-c", PLUMBING, str(its_end), str(other_end), *chromium],
            pass_fds=(its_end, other_end),
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(its_end)
        os.close(other_end)
        self.console: list[str] = []
        self.sent: list[str] = []  # every request, whoever made it: its address, and what it carried
        self._documents: dict[str, int] = {}
        self._numbers = count(1)
        self._unread = b""
        self._page: dict[str, str] = {}
        try:
            self._attach()
        except BaseException:
            self.close()
            raise

    def _attach(self) -> None:
        found = self._ask("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in found if one["type"] == "page")
        self._page = {"sessionId": self._ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]}
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._ask(f"{domain}.enable")

    def close(self) -> None:
        """Ends it with everything it has started."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)
        os.close(self._to)
        os.close(self._from)

    def open(self, url: str) -> None:
        """Goes there."""
        self._ask("Page.navigate", url=url)

    def cookies(self) -> list[dict[str, Any]]:
        """All it keeps, of anybody."""
        kept: list[dict[str, Any]] = self._ask("Storage.getCookies")["cookies"]
        return kept

    def run(self, script: str, *, at: str) -> Any:
        """What the script comes to in the document of that origin, page or frame; None while there is none."""
        if at not in self._documents:
            self._ask("Runtime.evaluate", expression="0")  # news come along with answers
            return None
        asked = {"expression": script, "contextId": self._documents[at], "returnByValue": True}
        return self._ask("Runtime.evaluate", **asked).get("result", {}).get("value")

    def sees(self, words: str, *, at: str) -> None:
        """Waits until the document there says so."""
        script = f"document.readyState == 'complete' && document.body.innerText.includes({json.dumps(words)})"
        text = "document.documentElement.innerText"
        until(f"{at} to say {words!r}, not", lambda: self.run(script, at=at), instead=lambda: self.run(text, at=at))

    def click(self, selector: str, *, at: str) -> None:
        """Clicks the first of these."""
        self.run(f"document.querySelector({json.dumps(selector)}).click()", at=at)

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        asked = {"id": number, "method": method, "params": parameters, **self._page}
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while (heard := self._hear()).get("id") != number:
            self._note(heard.get("method"), heard.get("params", {}))
        # A document that has just gone is no answer, and no reason to fail: whoever waits looks again.
        result: dict[str, Any] = heard.get("result", {})
        return result

    def _hear(self) -> dict[str, Any]:
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from], [], [], 60)
            assert ready, "Chromium says nothing"
            said = os.read(self._from, 1 << 20)
            assert said, "Chromium has ended"
            self._unread += said
        message, _, self._unread = self._unread.partition(b"\0")
        heard: dict[str, Any] = json.loads(message)
        return heard

    def _note(self, event: str | None, said: dict[str, Any]) -> None:
        if event == "Runtime.executionContextCreated":
            context = said["context"]
            self._documents[context["origin"]] = context["id"]
        elif event == "Network.requestWillBeSent":
            asked = said["request"]
            self.sent.append(f"{asked['url']} {asked['headers']} {asked.get('postData', '')}")
        elif event == "Log.entryAdded":
            entry = said["entry"]
            self.console.append(f"{entry['level']}: {entry['text']} {entry.get('url', '')}")
        elif event == "Runtime.exceptionThrown":
            self.console.append(f"exception: {said['exceptionDetails']}")
