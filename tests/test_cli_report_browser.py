"""
The page of `bebytes bench report` in a browser: Chromium without a window, driven through its own chromedriver.
"""

import json
import os
import shutil
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
from bench_records import ENGINES, SCENARIOS, best, cell, record

pytest.importorskip("jinja2", reason="the page is made with jinja2, which comes with bebytes[cli]")
pytest.importorskip("selenium", reason="selenium drives the browser; it is installed in .venv only")

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from bebytes.cli import _report_text, bench_report
from bebytes.cli._report_text import TIMES

BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    BROWSER is None or DRIVER is None,
    reason="chromium or chromedriver is not installed; apt-get install chromium chromium-driver",
)

PACES = (1.0, 1.2, 0.5)
"""How long native takes in each of the records."""

# As inferno draws: with a script, and a function that is called when it is there.
FLAME = """<?xml version="1.0" standalone="no"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg version="1.1" width="1200" height="300" onload="init(evt)"
viewBox="0 0 1200 300" xmlns="http://www.w3.org/2000/svg"><style type="text/css">text { font-size: 12px }</style>
<script type="text/ecmascript"><![CDATA[
const refused = [];
document.addEventListener("securitypolicyviolation", (event) => {
    refused.push(event.blockedURI);
    document.getElementById("refused").textContent = refused;
});
function init(evt) { document.getElementById("details").textContent = 1 < 2; }
]]></script>
<image href="https://example.invalid/x.png"/><text id="details" y="20">nothing ran</text><text id="refused" y="40"/></svg>"""


class Browser:
    """
    The browser with the page in it.
    """

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver = driver
        self.address = address
        self.run = driver.execute_script

    def open(self, width: int = 1280, height: int = 900, scheme: str = "light", scripts: bool = True) -> None:
        """
        Load the page anew on a screen of that width.
        """
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        wishes = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        self.command("Emulation.setDeviceMetricsOverride", **size)
        self.command("Emulation.setEmulatedMedia", features=wishes)
        self.command("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.driver.get("about:blank")
        self.driver.get(self.address)

    def command(self, name: str, **parameters: Any) -> Any:
        return self.driver.execute_cdp_cmd(name, parameters)

    def one(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def shown(self, selector: str) -> list[WebElement]:
        return [e for e in self.driver.find_elements(By.CSS_SELECTOR, selector) if e.is_displayed()]

    def choose(self, selector: str, text: str) -> None:
        Select(self.one(selector)).select_by_visible_text(text)

    def click(self, selector: str) -> None:
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.one(selector).click()

    def texts(self, selector: str) -> list[str]:
        """
        The text of each element that is shown.
        """
        script = "return [...document.querySelectorAll(arguments[0])].filter(e => e.checkVisibility()).map(e => e.textContent)"
        found: list[str] = self.run(script, selector)
        return found

    def log(self, kind: str) -> list[dict[str, Any]]:
        """
        What was said since it was last asked for.
        """
        entries: list[dict[str, Any]] = self.driver.get_log(kind)  # type: ignore[no-untyped-call]
        return entries

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    # /dev/shm is small in containers.
    for word in ("--headless=new", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking"):
        options.add_argument(word)
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(executable_path=str(DRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def records() -> list[dict[str, Any]]:
    records = [record(pace=pace) for pace in PACES]
    records[0] |= {"machine": "another", "launches": 2}
    for content in records:
        # A figure in the middle between two that are shown, which Python and JavaScript round each in its own way.
        content["rows"][0]["engines"]["floor"] = cell(90.25)
    return records


@pytest.fixture(scope="module")
def opened(
    driver: webdriver.Chrome, records: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> Browser:
    folder = tmp_path_factory.mktemp("page")
    (folder / "results" / "real").mkdir(parents=True)
    (folder / "results" / "real" / "flamegraph.svg").write_text(FLAME, "utf-8")
    flames, strange = bench_report.flames(folder / "results")
    assert strange == []
    names = ["first", "second", "third"]
    file = folder / "report.html"
    file.write_text(bench_report.page(list(zip(names, records, strict=True)), flames), "utf-8")
    return Browser(driver, file.as_uri())


@pytest.fixture
def browser(opened: Browser) -> Browser:
    """
    The page, loaded anew on a wide screen.
    """
    opened.open()
    return opened


# Drawing


def test_charts_are_drawn(browser: Browser, records: list[dict[str, Any]]) -> None:
    boxes = browser.run("""
        return [...document.querySelectorAll(".details:not([hidden]) .chart[data-g] .row")].map(row => {
            const strip = row.querySelector(".strip").getBoundingClientRect();
            return [...row.querySelectorAll(".mark")].map(mark => {
                const box = mark.getBoundingClientRect();
                const middle = box.x + box.width / 2;
                return [Number(mark.dataset.v), box.width, box.height, (middle - strip.x) / strip.width,
                    getComputedStyle(document.querySelector(mark.getAttribute("href"))).color
                        + document.querySelector(mark.getAttribute("href")).getAttribute("d")];
            });
        })""")

    assert [len(row) for row in boxes] == [
        sum("samples_ns" in cell for cell in row["engines"].values()) for row in records[2]["rows"]
    ]
    for row in boxes:
        assert all(width >= 6 and height >= 6 and 0 <= place <= 1 for _, width, height, place, _ in row)
        by_place = sorted(row, key=lambda mark: mark[3])
        assert [mark[0] for mark in by_place] == sorted(mark[0] for mark in row)
        assert len({mark[4] for mark in row}) == len(row)
    lines = browser.run("""
        return [...document.querySelectorAll(".details:not([hidden]) .chart .grid .major")].map(e => {
            const box = e.getBoundingClientRect();
            return box.height;
        })""")
    assert len(lines) > 15
    assert min(lines) > 20


def test_page_is_readable_without_its_script(opened: Browser) -> None:
    opened.open(scripts=False)
    try:
        # The driver's own questions run in a world of their own, where scripts stay on.
        assert len(opened.shown(".chart .mark")) == 3 * (22 + len(ENGINES))
        assert len(opened.shown(".figures tbody tr")) == 3 * len(SCENARIOS)
        assert len(opened.shown("#changes tbody tr")) == 22
        assert opened.shown("select, input, .pills button, #theme") == []
    finally:
        opened.command("Emulation.setScriptExecutionDisabled", value=False)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_scrolls_sideways_on_a_phone_but_tables(opened: Browser, scheme: str) -> None:
    opened.open(width=390, height=844, scheme=scheme)
    opened.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")

    assert opened.run("return [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
    wide = opened.run("""
        return [...document.querySelectorAll("main *, header *, footer *")].filter(e => e.checkVisibility()
            && !e.closest(".scroll, #filter .pill") && e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.outerHTML.slice(0, 80))""")
    assert wide == []
    scrolling = opened.run("""
        return [...document.querySelectorAll(".scroll")].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth)
            .map(e => [getComputedStyle(e).overflowX, e.tabIndex])""")
    assert scrolling
    assert set(map(tuple, scrolling)) == {("auto", 0)}
    (small,) = opened.run("""
        return [Math.min(...[...document.querySelectorAll("main *")].filter(e => e.checkVisibility() && e.textContent.trim())
            .map(e => parseFloat(getComputedStyle(e).fontSize)))]""")
    assert small >= 11


def test_colours_follow_the_system_and_the_button(opened: Browser) -> None:
    ground = "return getComputedStyle(document.body).backgroundColor"
    opened.open(scheme="dark")
    dark = opened.run(ground)
    assert opened.one("#theme").get_attribute("aria-pressed") == "true"
    opened.open(scheme="light")
    light = opened.run(ground)
    assert opened.one("#theme").get_attribute("aria-pressed") == "false"
    assert light != dark

    opened.click("#theme")
    assert opened.run(ground) == dark
    assert opened.one("#theme").get_attribute("aria-pressed") == "true"
    opened.driver.refresh()
    assert opened.run(ground) == dark
    opened.click("#theme")
    assert opened.run(ground) == light
    opened.run("localStorage.clear()")


# Sorting


def native_column(browser: Browser) -> list[str]:
    return browser.texts(".details:not([hidden]) .figures tbody td:nth-child(5)")


def test_tables_are_sorted_by_clicks(browser: Browser) -> None:
    head = ".details:not([hidden]) .figures thead th:nth-child"
    as_recorded = native_column(browser)
    ascending = sorted(as_recorded, key=lambda text: float(text.replace(",", "").lstrip("~")))
    assert ascending != as_recorded

    browser.click(f"{head}(5) button")
    assert native_column(browser) == ascending
    assert browser.one(f"{head}(5)").get_attribute("aria-sort") == "ascending"
    browser.click(f"{head}(5) button")
    assert native_column(browser) == ascending[::-1]
    assert browser.one(f"{head}(5)").get_attribute("aria-sort") == "descending"

    # What has no figure is last both times: numpy was wrong once.
    for _ in range(2):
        browser.click(f"{head}(9) button")
        assert browser.texts(".details:not([hidden]) .figures tbody td:nth-child(9)")[-1] == "WRONG"
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, ".details:not([hidden]) .figures [aria-sort]")) == 1

    browser.click(f"{head}(1) button")
    names = browser.texts(".details:not([hidden]) .figures tbody th")
    assert names == ["complex encode", "complex round trip", "tzif decode", "u8 decode", "u8 encode"]


@pytest.mark.parametrize("key", [Keys.ENTER, Keys.SPACE], ids=["enter", "space"])
def test_tables_are_sorted_by_keys(browser: Browser, key: str) -> None:
    browser.run("document.querySelector('.details:not([hidden]) .figures thead th:nth-child(7) button').focus()")
    browser.press(key)
    figures = [t for t in browser.texts(".details:not([hidden]) .figures tbody td:nth-child(7)") if t != "—"]

    assert figures == sorted(figures, key=lambda text: float(text.replace(",", "").lstrip("~")))
    assert (
        browser.one(".details:not([hidden]) .figures thead th:nth-child(7)").get_attribute("aria-sort") == "ascending"
    )


# Choosing


def test_one_record_is_shown_at_a_time(browser: Browser) -> None:
    assert browser.texts(".of-record h2") == ["third"]
    browser.choose("#record", "first")
    assert browser.texts(".of-record h2") == ["first"]
    assert len(browser.shown(".figures tbody tr")) == len(SCENARIOS)
    browser.one("nav a").click()
    assert browser.run("return document.querySelector(location.hash).checkVisibility()")


def test_any_two_records_are_compared(browser: Browser) -> None:
    def ratios() -> dict[str, str]:
        return dict(zip(browser.texts("#sums tbody th"), browser.texts("#sums tbody td:nth-child(2)"), strict=True))

    def natives() -> set[str]:
        rows = zip(*(browser.texts(f"#changes tbody td:nth-child({n})") for n in (3, 8)), strict=True)
        return {verdict for engine, verdict in rows if engine == "native"}

    assert (ratios()["native"], natives()) == (f"0.417{TIMES}", {"faster"})
    browser.choose("#a", "first")
    assert (ratios()["native"], natives()) == (f"0.500{TIMES}", {"faster"})
    browser.choose("#b", "second")
    assert (ratios()["native"], natives()) == (f"1.200{TIMES}", {"slower"})
    assert ratios() == {e: f"1.200{TIMES}" if e == "native" else f"1.000{TIMES}" for e in ENGINES}
    in_order = browser.texts("#warnings li")
    browser.choose("#a", "second")
    browser.choose("#b", "first")
    backwards = browser.texts("#warnings li")
    assert in_order == [
        "the machine differs: another in A, a machine, 2 cores in B",
        "the number of launches differs: 2 in A, 3 in B",
        "A has fewer than 3 launches: differences up to 50% may be the luck of one",
    ]
    assert backwards == [
        "the machine differs: a machine, 2 cores in A, another in B",
        "the number of launches differs: 3 in A, 2 in B",
        "B has fewer than 3 launches: differences up to 50% may be the luck of one",
    ]
    browser.choose("#b", "second")
    assert browser.texts("#warnings li") == []
    browser.choose("#a", "third")
    assert (ratios()["native"], natives()) == (f"2.400{TIMES}", {"slower"})
    # Read backwards, the interval still holds the ratio.
    for n, text in enumerate(browser.texts("#changes tbody td:nth-child(7)")):
        low, high = (float(t.split("\u202f")[0]) for t in text.split(" to "))
        assert low <= float(browser.texts("#changes tbody td:nth-child(6)")[n].split("\u202f")[0]) <= high
    browser.choose("#verdict", "slower")
    assert set(browser.texts("#changes tbody td:nth-child(3)")) == {"native"}
    browser.choose("#verdict", "faster")
    assert browser.texts("#changes tbody tr") == []
    browser.choose("#b", "third")
    assert "does not differ from itself" in browser.one("#which").text


def test_the_script_fills_in_what_the_page_had(browser: Browser) -> None:
    record_shown = ".details:not([hidden])"
    parts = [f"{record_shown} .means td", f"{record_shown} .strips .value", f"{record_shown} .strips .ticks text"]
    places = f"return [...document.querySelectorAll('{record_shown} .strips .strip > *')].map(e => e.getAttribute('x1') || e.getAttribute('x'))"
    had = [browser.texts(part) for part in parts], browser.run(places)
    changes = browser.texts("#changes td"), browser.texts("#sums td")
    browser.choose(f"{record_shown} .base", "crate")
    assert [browser.texts(part) for part in parts] != had[0]
    browser.choose(f"{record_shown} .base", "floor")
    browser.choose("#a", "first")
    browser.choose("#a", "second")

    assert ([browser.texts(part) for part in parts], browser.run(places)) == had
    assert (browser.texts("#changes td"), browser.texts("#sums td")) == changes


def test_ratios_are_to_any_engine(browser: Browser, records: list[dict[str, Any]]) -> None:
    record_shown = ".details:not([hidden])"
    browser.choose(f"{record_shown} .base", "native")
    browser.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    ratios = [best(records[2], n, "python") / best(records[2], n, "native") for n in range(len(SCENARIOS))]

    assert browser.texts(f"{record_shown} .every tbody td:nth-child(5)") == [_report_text.times(r) for r in ratios]
    assert browser.texts(f"{record_shown} .means tfoot td:nth-child(4)") == [
        _report_text.times(statistics.geometric_mean(ratios))
    ]
    assert browser.texts(f"{record_shown} h3 .base-name") == ["native"]
    assert browser.texts(f"{record_shown} .strips .name") == [
        "crate",
        "native",
        "floor",
        "numpy",
        "python",
    ] or browser.texts(f"{record_shown} .strips .name") == ["crate", "floor", "native", "numpy", "python"]


def test_engines_groups_and_operations_are_filtered(browser: Browser, records: list[dict[str, Any]]) -> None:
    record_shown = ".details:not([hidden])"
    had = browser.texts(f"{record_shown} .means tfoot td:nth-child(2)")
    browser.run(
        """
        for (const name of arguments) {
            [...document.querySelectorAll("#filter .pill")].find(e => e.textContent === name).querySelector("input").click();
        }""",
        "python",
        "real",
        "encode",
    )

    assert browser.texts(f"{record_shown} .figures tbody th") == ["u8 decode", "complex round trip"]
    assert browser.texts(f"{record_shown} .figures thead th")[3:] == ["crate", "native", "floor", "kaitai", "numpy"]
    assert browser.texts(f"{record_shown} .chart h4") == ["primitives", "bit fields"]
    assert len(browser.shown(f"{record_shown} .chart[data-g] .mark")) == 4 + 3
    assert browser.texts(f"{record_shown} .means tbody th") == ["primitives", "bit fields"]
    mean = statistics.geometric_mean(best(records[2], n, "crate") / best(records[2], n, "floor") for n in (1, 3))
    assert browser.texts(f"{record_shown} .means tfoot td:nth-child(2)") == [_report_text.times(mean)] != had
    assert "python" not in browser.texts("#changes tbody td:nth-child(3)")
    browser.click("[data-none=e]")
    assert browser.shown(f"{record_shown} .mark") == []
    browser.click("[data-all=e]")
    assert len(browser.shown(f"{record_shown} .chart[data-g] .mark")) == 5 + 4


# By keyboard and pointer


def test_tab_goes_through_the_page_and_shows_where_it_is(browser: Browser) -> None:
    browser.run("""
        window.seen = [];
        document.addEventListener("focusin", ({target}) => {
            const style = getComputedStyle(target.closest(".pill") || target);
            seen.push([target.className || target.id || target.tagName, style.outlineStyle, target.getBoundingClientRect().x]);
        });""")
    browser.press(Keys.TAB)
    assert browser.run("return seen[0].slice(0, 1).concat(seen[0][2] >= 0)") == ["skip", True]
    stops = browser.run("""
        return [...document.querySelectorAll("a, button, select, input, summary, iframe, [tabindex='0']")]
            .filter(e => e.checkVisibility()).length""")
    browser.press(*[Keys.TAB] * (stops - 1))
    seen = browser.run("return seen")

    # Each once, the last of all at the end: nothing holds the focus.
    assert len(seen) == stops
    assert seen[-1][0] == "SUMMARY"
    assert [name for name, outline, _ in seen if outline == "none"] == []


def test_skip_link_leads_to_the_figures(browser: Browser) -> None:
    browser.press(Keys.TAB, Keys.ENTER)

    assert browser.run("return document.activeElement.id") == "main"


def test_arrow_keys_read_a_chart(browser: Browser) -> None:
    browser.run("document.querySelector('.details:not([hidden]) .chart').focus()")
    assert browser.texts("#tip") == []
    place = browser.run("return scrollY")
    browser.press(Keys.ARROW_DOWN)
    assert browser.texts("#tip b") == ["u8 encode"]
    assert browser.texts("#tip th") == ["crate", "native", "floor", "numpy", "python"]
    assert browser.texts("#tip td:nth-child(2)")[:2] == ["20.0 ns", "53.5 ns"]
    assert browser.texts("#tip td:nth-child(3)")[:2] == [f"0.37{TIMES}", f"1.00{TIMES}"]
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert browser.texts("#tip b") == ["u8 decode"]
    browser.press(Keys.ARROW_UP)
    assert browser.texts("#tip b") == ["u8 encode"]
    # The keys read, they do not scroll.
    assert browser.run("return scrollY") == place
    browser.press(Keys.ESCAPE)
    assert browser.texts("#tip") == []


def test_pointer_reads_a_chart(browser: Browser) -> None:
    browser.run("document.querySelector('.details:not([hidden]) .chart').scrollIntoView({block: 'center'})")
    rows = browser.shown(".details:not([hidden]) .chart .row")
    for side in (-1, 1):
        # At its very ends: what is told stays on the screen.
        at = side * (rows[1].size["width"] // 2 - 4)
        ActionChains(browser.driver).move_to_element_with_offset(rows[1], at, 0).perform()
        assert browser.texts("#tip b") == ["u8 decode"]
        box = browser.one("#tip").rect
        assert box["width"] > 100
        assert 0 <= box["x"] <= 1280 - box["width"]
    ActionChains(browser.driver).move_to_element(browser.one(".details:not([hidden]) h3")).perform()
    assert browser.texts("#tip") == []


# The network and the console


def test_nothing_is_requested_and_nothing_complained_of(opened: Browser) -> None:
    driver = opened.driver
    for kind in ("browser", "performance"):
        opened.log(kind)
    opened.open()
    opened.run("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    opened.run("document.querySelector('#flames').scrollIntoView()")
    driver.switch_to.frame(opened.one("iframe"))
    try:
        # The flame graph's script runs; what it would load is refused.
        assert opened.one("#details").get_attribute("textContent") == "true"
        assert opened.one("#refused").get_attribute("textContent") == "https://example.invalid/x.png"
    finally:
        driver.switch_to.default_content()
    messages = [json.loads(entry["message"])["message"] for entry in opened.log("performance")]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    assert opened.address in asked
    assert [url for url in asked if not url.startswith((opened.address, "data:", "about:"))] == []
    # The one complaint that may be is about the picture that the flame graph of this test wants from a network.
    complaints = [entry["message"] for entry in opened.log("browser")]
    assert [c for c in complaints if "example.invalid" not in c] == []
