"""How pages lie on the screen and on paper: at every width, enlarged, dark, printed; and what they weigh."""

from collections.abc import Iterator
from contextlib import closing

import chromium
import pytest
from addresses import ALL, EACH, KINDS
from archives import Site
from conftest import Opening, Readers
from playwright.sync_api import Browser, Page, Response, expect

PHONE, DESK = 390, 1280
WIDTHS = [320, PHONE, 640, 1280]  # 320 is what WCAG asks for; 640 a desk's window enlarged to 200 %
WEIGHT = 60_000  # bytes of a page with style sheet and scripts, pictures aside


def overflowing(page: Page) -> str:
    """Return the elements that reach beyond the window, outermost first; empty where all fits."""
    return page.evaluate("""() => {
      if (document.scrollingElement.scrollWidth <= innerWidth) return "";
      const all = [...document.body.querySelectorAll("*")];
      const beyond = all.filter(it => it.getBoundingClientRect().right > innerWidth);
      return beyond.slice(0, 3).map(it => it.outerHTML.slice(0, 120)).join("\\n") || "the page itself";
    }""")


def too_small(page: Page) -> list[str]:
    """Return what a finger misses; a link within a sentence may be as low as its line."""
    return page.evaluate("""() => {
      const all = document.querySelectorAll("button, input:not([type=hidden]), select, summary, nav a");
      const low = [...all].filter(it => it.offsetHeight && it.getBoundingClientRect().height < 24);
      return low.map(it => it.outerHTML.slice(0, 120));
    }""")


@pytest.mark.parametrize("path", ALL)
def test_page_fits_every_width_and_every_finger(look_at: Opening, path: str):
    page = look_at(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflowing(page) == "", width
        assert too_small(page) == [], width


@pytest.fixture(scope="module")
def large_print(browser: Browser) -> Iterator[Readers]:
    """A reader who set letters of 32 pixels, twice the usual."""
    large = browser.browser_type.launch(
        executable_path=chromium.program(), args=["--blink-settings=defaultFontSize=32"]
    )
    with closing(large), closing(Readers(large)) as readers:
        yield readers


@pytest.mark.thorough
@pytest.mark.parametrize("path", EACH)
class TestLargePrint:
    @pytest.fixture
    def readers(self, large_print: Readers) -> Readers:
        return large_print

    def test_page_fits_letters_twice_as_large(self, look_at: Opening, path: str):
        page = look_at(path, viewport={"width": PHONE, "height": 800})
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "32px"
        assert overflowing(page) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("path", KINDS)
@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_moves_while_the_page_loads(open_page: Opening, path: str, width: int):
    page = open_page(path, viewport={"width": width, "height": 844})
    page.evaluate("""async () => {
      window.shifts = [];
      new PerformanceObserver(seen => seen.getEntries().forEach(each => window.shifts.push(each)))
        .observe({type: "layout-shift", buffered: true});
      for (let y = 0; y < document.body.scrollHeight; y += 600) {
        scrollTo(0, y);
        await new Promise(resolve => setTimeout(resolve, 60));
      }
    }""")
    page.wait_for_function("[...document.images].every(it => it.complete)")
    assert (
        page.evaluate(
            "shifts.map(it => [it.value, it.sources.map(s => s.node?.outerHTML?.slice(0, 99))])"
        )
        == []
    )


@pytest.mark.parametrize("path", ["/", "/search?q=da+lat", "/articles/{longform}"])
def test_page_is_light(open_page: Opening, site: Site, path: str):
    page = open_page("about:blank")
    got: list[Response] = []
    page.on("response", lambda response: got.append(response))
    page.goto(site.address(path))
    sent = [each for each in got if each.request.resource_type not in {"image", "other"}]
    assert 1 <= len(sent) <= 3
    assert sum(len(each.body()) for each in sent) <= WEIGHT


def test_dark_is_dark_and_light_is_light(open_page: Opening):
    def lightness(scheme: str) -> tuple[int, int]:
        colours = open_page("/articles/{longform}", color_scheme=scheme).evaluate("""() => {
          const style = getComputedStyle(document.body);
          const mean = colour => { const [r, g, b] = colour.match(/\\d+/g).map(Number); return (r + g + b) / 3; };
          return [mean(style.backgroundColor), mean(style.color)];
        }""")
        return tuple(colours)

    paper, ink = lightness("light")
    assert paper > 230 > 60 > ink
    paper, ink = lightness("dark")
    assert paper < 40 < 200 < ink


def test_paper_gets_the_article_and_its_evidence_alone(open_page: Opening):
    page = open_page("/articles/{longform}")
    page.emulate_media(media="print")
    for gone in (".language", ".foot nav", ".skip", ".doors", "form"):
        for each in page.locator(gone).all():
            expect(each).to_be_hidden()
    for kept in ("h1", ".body", ".evidence", "figcaption"):
        expect(page.locator(kept).first).to_be_visible()
