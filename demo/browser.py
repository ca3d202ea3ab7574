"""A Chromium at the demo's page: for the demo's test, and for the pictures in the documentation."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Locator, Page

PATIENCE = 15_000
"""Milliseconds for what may take a moment: the longest is an order that has to be looked for."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """Where it is, under one of the names it is known by."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@contextmanager
def running_demo() -> Generator[str]:
    """A demo as a process of its own, on a free port: its address. It is ended as by Ctrl-C.

    Raises:
        subprocess.CalledProcessError: it did not end cleanly.
    """
    command = (sys.executable, "-m", "bot", "demo", "--port", "0")
    process = subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdout=subprocess.PIPE,
        text=True,
        # A program that was started in the background ignores Ctrl-C, and would hand that on.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads that matter
    )
    with process:
        assert process.stdout is not None
        try:
            yield next(word for line in process.stdout for word in line.split() if word.startswith("http://"))
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(20)
    if code:
        raise subprocess.CalledProcessError(code, command)


@contextmanager
def page_at(url: str, *, width: int = 1280, height: int = 800, scale: float = 1) -> Generator[Page]:
    """The page in a browser of its own; any error of its scripts is raised at the end."""
    errors: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=scale)
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        yield page
        browser.close()
    assert not errors, errors


class Pane:
    """The conversation as one person sees it, and what that person does in it."""

    def __init__(self, page: Page, index: int) -> None:
        self.section = page.locator(".pane").nth(index)
        self.chat = self.section.locator("iframe").content_frame
        self.messages = self.chat.locator(".channel-message")
        self._keys = page.keyboard
        self._box = self.chat.locator("#channel-composer-input")
        self._box.wait_for()

    def be(self, name: str) -> None:
        """Another of the three people."""
        self.section.get_by_role("button", name=name).click()

    def type(self, command: str, **options: str) -> None:
        """A slash command. An option's value is typed; where the bot suggests something, the first is chosen."""
        self._box.click()
        self._keys.type(f"/{command}")
        self.chat.locator(".command-entry-title", has_text=f"/{command}").first.click()
        for name, value in options.items():
            field = self.chat.locator(f'.command-option-input[data-option="{name}"]')
            if not field.is_visible():
                self.chat.locator(".command-ghost").click()
                self.chat.locator(".command-suggestion", has_text=name).click()
            field.fill(value)
            if field.get_attribute("role") == "combobox":
                self.chat.locator(".command-suggestion", has_text=value).first.click()
        self.chat.locator(".send-message").click()

    def message(self, text: str) -> Locator:
        """The newest message with that text."""
        return self.messages.filter(has_text=text).last

    def press(self, name: str) -> None:
        """The newest button of that name."""
        self.chat.get_by_role("button", name=name).last.click()
