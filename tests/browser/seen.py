"""What a browser sees of a page it opens for the first time: bytes, and the two marks by which Shopify judges apps."""

from playwright.sync_api import expect

from tests.browser.front import APP
from tests.browser.merchant import PATIENCE, Street

# Both are measured for the frame's own document, as Shopify measures an app's.
MARKS = """() => new Promise((done) => {
  const marks = { painted: 0, shifted: 0 };
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) marks.painted = one.startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) marks.shifted += one.hadRecentInput ? 0 : one.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(marks), 1500);
})"""


def first_look(street: Street, path: str) -> dict[str, float]:
    """KB that the app sent (App Bridge is Shopify's), LCP in ms since the frame began to load, and CLS."""
    street.front.bytes.clear()
    merchant = street.merchant()
    merchant.open(path)
    expect(merchant.panel.locator("h1")).to_be_visible(timeout=PATIENCE)
    marks = merchant.frame.evaluate(MARKS)
    return {"KB": street.front.bytes[APP] / 1000, "LCP ms": marks["painted"], "CLS": marks["shifted"]}
