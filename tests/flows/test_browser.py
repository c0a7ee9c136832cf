"""Whole ways through the desk in a real browser, from the worklist to the published page."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from drafter.domain import Clinician
from drafter.drills import draw
from tests.flows.browsing import CHROMIUM, chromium, open_page, running_desk, settle, watched
from tests.openai_server import OpenAIServer

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not Path(CHROMIUM).exists(), reason="no chromium on this machine (apt-get install chromium)"
    ),
]


# A loaded machine is slow, and a passing test does not wait.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


def tick_all(page: Page) -> int:
    """Ticks the blocking concerns one by one; gives how many there were."""
    ticked = 0
    while (left := page.locator('[data-testid="stCheckbox"]:has(input:not(:checked))')).count():
        left.first.locator("label").click()
        settle(page)
        ticked += 1
        assert ticked < 20
    return ticked


def test_a_question_goes_from_the_worklist_to_a_published_page(page: Page, sample_home: Path) -> None:
    seen = watched(page)
    with running_desk(sample_home) as address:
        open_page(page, address)
        first = page.get_by_role("list", name="Questions").get_by_role("link").first
        expect(first).to_contain_text("Emergency")
        title = first.locator(".t").inner_text()
        first.click()
        expect(page.get_by_text("Put together from past replies; no language model was used.")).to_be_visible()
        expect(page.get_by_text("Check before answering")).to_be_visible()
        settle(page)

        reply = page.get_by_role("textbox", name="Reply")
        reply.fill(reply.input_value() + "\nCall the emergency number now; do not wait for an appointment.")
        page.get_by_role("tab", name="More Info").click()
        settle(page)
        page.get_by_role("tab", name="Reply").click()
        settle(page)
        expect(reply).to_have_value(re.compile("do not wait for an appointment"))

        tick_all(page)
        reply.press("End")
        reply.press_sequentially(" Thank you for writing.")
        page.get_by_role("button", name="Approve").click()
        finished = page.frame_locator('iframe[title="The finished page"]')
        expect(finished.get_by_text("do not wait for an appointment")).to_be_visible()
        # Typed and approved at once: the last words count too.
        expect(finished.get_by_text("Thank you for writing.").last).to_be_visible()
        expect(finished.get_by_text(re.compile("reviewed by Dr. Demo Clinician"))).to_be_visible()

        page.reload()
        settle(page)
        expect(finished.get_by_text("do not wait for an appointment")).to_be_visible()
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download HTML").click()
        assert "do not wait for an appointment" in saved.value.path().read_text(encoding="utf-8")

        page.get_by_role("link", name="Past replies").click()
        page.get_by_role("textbox", name="Search").fill(title)
        page.keyboard.press("Enter")
        expect(page.get_by_text("approved on this desk").first).to_be_visible()

        page.get_by_role("link", name="Published").click()
        expect(page.get_by_role("list", name="Published pages").get_by_role("link")).to_have_count(1)
    assert seen.outside == []
    assert seen.errors == []


def test_a_new_question_is_drafted_before_the_readers_eyes(
    page: Page, sample_home: Path, openai_server: OpenAIServer
) -> None:
    seen = watched(page)
    environment = {"DRAFTER_MODEL": "openai:slow", "DRAFTER_BASE_URL": openai_server.url}
    with running_desk(sample_home, **environment) as address:
        open_page(page, f"{address}/new")
        page.get_by_role("textbox", name="Title").fill("Knee pain on stairs? ![x](http://192.0.2.1/leak.png)")
        page.get_by_role("textbox", name="Question").fill(
            "My knee has hurt for two months when I go down stairs. <img src=http://192.0.2.1/leak.png> X-ray?"
        )
        page.get_by_role("button", name="Put on the worklist and draft").click()
        # Markup in a question reads like an order to a model, so a draft of it has to be asked for.
        expect(page.get_by_text("No draft was written")).to_be_visible()
        page.get_by_role("button", name="Draft anyway").click()
        growing = page.locator(".dr-growing")
        growing.wait_for()
        early = growing.inner_text()
        page.locator(".st-key-stop button").wait_for()  # Streamlit shows a Stop of its own while it runs
        # Opening it once more neither ends the draft nor starts a second one.
        page.reload()
        expect(page.get_by_text(re.compile("Written by openai:slow"))).to_be_visible()
        settle(page)
        assert len(page.get_by_role("textbox", name="Reply").input_value()) > 40
        assert early.startswith("Reply")
        expect(page.locator("h1").first).to_contain_text("![x](http://192.0.2.1/leak.png)")
        open_page(page, address)
        expect(page.get_by_text("![x](http://192.0.2.1/leak.png)").first).to_be_visible()
    assert len(openai_server.asked("slow")) == 1
    assert seen.outside == []
    assert seen.errors == []


def test_a_model_that_cannot_be_reached_is_one_box_with_a_way_on(page: Page, sample_home: Path) -> None:
    environment = {
        "DRAFTER_MODEL": "openai:any",
        "DRAFTER_BASE_URL": "http://127.0.0.1:9/v1",
        "DRAFTER_MAX_RETRIES": "0",
    }
    with running_desk(sample_home, **environment) as address:
        open_page(page, f"{address}/review")
        expect(page.get_by_text("No draft could be made")).to_be_visible()
        expect(page.get_by_role("button", name="Try again")).to_be_visible()
        page.get_by_role("button", name="Start blank").click()
        expect(page.get_by_role("textbox", name="Reply")).to_be_empty()


def test_in_training_a_draft_is_judged_once_and_explained_at_once(page: Page, sample_home: Path) -> None:
    clinician = Clinician("Dr. Practising")
    drill = draw(clinician, 1)
    seen = watched(page)
    with running_desk(sample_home, DRAFTER_TRAINING="true", DRAFTER_CLINICIAN_NAME=clinician.name) as address:
        open_page(page, address)
        page.get_by_role("link", name="Practice").click()
        expect(page.get_by_text("Round 1: an invented case")).to_be_visible()
        first = page.locator('[data-testid="stCheckbox"]').filter(has_text=drill.reply.sentences[0].text)
        first.locator("label").click()
        page.get_by_role("button", name="Answer").click()
        verdict = re.compile("You caught it|You missed it|Nothing was planted here")
        expect(page.get_by_text(verdict)).to_be_visible()
        settle(page)
        page.reload()  # neither hides what was to be learnt nor lets anybody answer twice
        expect(page.get_by_text(verdict)).to_be_visible()
        expect(page.get_by_role("button", name="Answer")).to_have_count(0)
        page.get_by_role("button", name="Next case").click()
        expect(page.get_by_text("Round 2: an invented case")).to_be_visible()
    assert seen.outside == []
    assert seen.errors == []
