"""Takes the pictures of the README and the docs: ``python -m tests.flows.screenshots``.

They start from the sample archive in a home that is thrown away: they show what ``make run`` shows.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from drafter.cli.importing import import_sample
from drafter.opening import archive_of
from drafter.settings import Settings
from tests.flows.browsing import ROOT, chromium, open_page, running_desk, settle
from tests.flows.test_browser import tick_all
from tests.openai_server import serving

_FOLDER = ROOT / "docs" / "images"
_COLOURS = 128


def main() -> None:
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        home = Path(folder)
        (home / "models").symlink_to(_models())
        import_sample(Settings(home=home))
        with running_desk(home) as address:
            words = {"urgent": "numb left arm", "chinese": "膝蓋", "plain": "wearing my lenses"}
            _offline(browser, address, **{name: _question(home, said) for name, said in words.items()})
        with (
            serving() as server,
            running_desk(home, DRAFTER_MODEL="openai:slow", DRAFTER_BASE_URL=server.url) as address,
        ):
            _streamed(browser, address)


def _models() -> Path:
    folder = ROOT / "build" / "test-models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _question(home: Path, words: str) -> str:
    with archive_of(Settings(home=home)) as archive:
        return f"review?question={archive.worklist(search=words)[0].question.id}"


def _offline(browser: Browser, address: str, *, urgent: str, chinese: str, plain: str) -> None:
    with _window(browser) as page:
        open_page(page, address)
        _save(page, "worklist")
        for name, question in (("review", urgent), ("chinese", chinese)):
            open_page(page, f"{address}/{question}")
            page.get_by_role("textbox", name="Reply").wait_for()
            settle(page)
            _save(page, name)
    with _window(browser, dark=True) as page:
        open_page(page, f"{address}/{urgent}")
        _save(page, "dark")
    with _window(browser, width=390, height=844) as page:
        open_page(page, f"{address}/{urgent}")
        _save(page, "phone")
    with _window(browser, height=1300) as page:
        open_page(page, f"{address}/{plain}")
        tick_all(page)
        page.get_by_role("button", name="Approve").click()
        page.locator('iframe[title="The finished page"]').wait_for()
        settle(page)
        _save(page, "page")


def _streamed(browser: Browser, address: str) -> None:
    with _window(browser) as page:
        open_page(page, f"{address}/new")
        page.get_by_role("textbox", name="Title").fill("Sciatica when I sit, which exercises are safe?")
        page.get_by_role("textbox", name="Question").fill(
            "For three weeks a pain has run from my right buttock down to the calf when I sit at my desk. Walking "
            "helps. Which exercises are safe, and how long should I wait before a scan?"
        )
        page.get_by_role("textbox", name="Department (optional)").fill("Rehabilitation")
        page.get_by_role("button", name="Put on the worklist and draft").click()
        page.locator(".dr-growing").wait_for()
        page.wait_for_timeout(1500)
        _save(page, "drafting")
        page.get_by_role("textbox", name="Reply").wait_for()
        settle(page)
        _save(page, "model")


@contextmanager
def _window(browser: Browser, *, width: int = 1280, height: int = 860, dark: bool = False) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def _save(page: Page, name: str) -> None:
    """A PNG with a palette: a quarter of the size, and text stays sharp."""
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    file = _FOLDER / f"{name}.png"
    shot.quantize(_COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}  {shot.width} x {shot.height}  {file.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
