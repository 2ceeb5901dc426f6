"""The report in a real browser: it runs nothing of the comments, asks for nothing, sorts, and fits a phone."""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from selenium.common.exceptions import NoAlertPresentException
from selenium.webdriver import Chrome, ChromeOptions, ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from stance.evaluation.report.report import report_files
from tests.helpers.made_up import evaluation

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--window-size=1280,1000",
)  # fmt: skip
REQUIRED = os.environ.get("CI") == "true" or os.environ.get("STANCE_BROWSER") == "required"
PHONE, DESKTOP = 390, 1280


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    binary, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if binary is None or driver is None:
        lack = "no chromium and chromedriver on this machine; on Debian: apt-get install chromium chromium-driver"
        (pytest.fail if REQUIRED else pytest.skip)(lack)
    options = ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.unhandled_prompt_behavior = "ignore"
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = Chrome(options=options, service=ChromeService(driver))
    yield started
    started.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_bytes(report_files(evaluation())["report.html"])
    return path.as_uri()


def seen(browser: Chrome, address: str) -> tuple[str | None, list[str], list[str]]:
    """Open a page; return the text of its dialog, the other addresses that it requested, and the console messages."""
    for kind in ("performance", "browser"):
        read_log(browser, kind)
    browser.get(address)
    try:
        dialog = browser.switch_to.alert.text
        browser.switch_to.alert.accept()
    except NoAlertPresentException:
        dialog = None
    events = [json.loads(message)["message"] for message in read_log(browser, "performance")]
    sent = [event["params"] for event in events if event["method"] == "Network.requestWillBeSent"]
    asked = [each["request"]["url"] for each in sent if each["documentURL"] == address]
    return dialog, [url for url in asked if url != address], read_log(browser, "browser")


def read_log(browser: Chrome, kind: str) -> list[str]:
    return [entry["message"] for entry in browser.get_log(kind)]  # type: ignore[no-untyped-call]  # selenium's own


def sized(browser: Chrome, width: int, scheme: str = "light") -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme_is = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme_is})


def test_the_watch_sees_what_a_bad_page_does(browser: Chrome, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='beside.png'><script>alert('caught')</script><script>throw Error('broken')</script>")
    dialog, asked, console = seen(browser, bad.as_uri())
    assert dialog == "caught"
    assert asked == [(tmp_path / "beside.png").as_uri()]
    assert any("broken" in line for line in console)


def test_hostile_comments_run_nothing_and_ask_for_nothing(browser: Chrome, page: str) -> None:
    assert seen(browser, page) == (None, [], [])
    assert browser.execute_script("return window.caught") is None
    assert browser.title == "How well the comments are labelled"
    assert "<script>alert(1)</script>" in browser.find_element(By.CSS_SELECTOR, "#errors ~ .comments").text


def test_tables_sort_on_a_click_and_on_a_key(browser: Chrome, page: str) -> None:
    sized(browser, DESKTOP)
    browser.get(page)
    table = browser.find_element(By.CSS_SELECTOR, "#labels ~ .wide table")

    def shown(number: int) -> list[Any]:
        cells = table.find_elements(By.CSS_SELECTOR, f"tbody tr > :nth-child({number})")
        return [float(v) if (v := cell.get_attribute("data-v")) else cell.text for cell in cells]

    comments = table.find_element(By.CSS_SELECTOR, "th:nth-child(6)")
    before = shown(6)
    assert before != sorted(before)
    comments.find_element(By.TAG_NAME, "button").click()
    assert shown(6) == sorted(before)
    assert comments.get_attribute("aria-sort") == "ascending"
    comments.find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    assert shown(6) == sorted(before, reverse=True)
    assert comments.get_attribute("aria-sort") == "descending"
    table.find_element(By.CSS_SELECTOR, "th:nth-child(2) button").click()
    assert shown(2)[0] == "</td><script>alert(6)</script>"
    assert comments.get_attribute("aria-sort") is None


@pytest.mark.parametrize("width", [PHONE, 768, DESKTOP])
def test_page_does_not_scroll_sideways(width: int, browser: Chrome, page: str) -> None:
    sized(browser, width)
    browser.get(page)
    root = "const root = document.documentElement; return [innerWidth, root.scrollWidth - root.clientWidth]"
    assert browser.execute_script(root) == [width, 0]


def test_first_column_stays_where_a_table_scrolls(browser: Chrome, page: str) -> None:
    sized(browser, PHONE)
    browser.get(page)
    script = """
        const box = document.querySelector(".wide"), name = box.querySelector("tbody th");
        const before = name.getBoundingClientRect().left;
        box.scrollLeft = 200;
        return [box.scrollLeft, name.getBoundingClientRect().left - before];
    """
    assert browser.execute_script(script) == [200, 0]


@pytest.mark.parametrize(("scheme", "is_light"), [("light", True), ("dark", False)])
def test_page_is_drawn_light_and_dark(scheme: str, is_light: bool, browser: Chrome, page: str) -> None:
    sized(browser, PHONE, scheme)
    browser.get(page)
    drawn = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("L")
    shades = drawn.histogram()
    assert shades.index(max(shades)) > 200 if is_light else shades.index(max(shades)) < 60
    assert 0.02 < 1 - max(shades) / sum(shades) < 0.9


def test_page_prints(browser: Chrome, page: str) -> None:
    browser.get(page)
    assert len(browser.print_page()) > 10_000
