"""Somebody at the browser, who writes down what it complains of."""

import re
from functools import cache

from axe_playwright_python.sync_playwright import Axe

from metrics.demo import SIGN_INS

HEIGHT = 900
PEOPLE = [f"{own.first_name} {own.last_name}" for own in SIGN_INS]
PEOPLE += ["stranger", "guarded", "forgetful", *(own.username for own in SIGN_INS)]
OWN_WORDS = r'value="(\w{64}|/[^"]*)"|next=[^"]*|' + "|".join(PEOPLE)
HEAR_VIOLATIONS = """
window.offences = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.offences.push(`${event.violatedDirective} refuses ${event.blockedURI}`));
"""


class Visitor:
    """One person's tab. `complaints` are of the page that was opened last."""

    def __init__(self, name, context, address):
        self.name, self.context, self.address, self.complaints = name, context, address, []
        context.add_init_script(HEAR_VIOLATIONS)
        self.page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._watch)
        self.page.on("response", self._check)
        self.page.on("requestfailed", self._miss)

    def open(self, path):
        """Open a page and let everything arrive that it asks for."""
        self.complaints = []
        response = self.page.goto(path, wait_until="load")
        self.complaints += self.page.evaluate("window.offences")
        return response

    def is_signed_in(self):
        return self.page.request.head("/programs/", max_redirects=0).ok

    def look(self, width, scheme="light"):
        """Make the window so wide and so bright, and end what moves because of it."""
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)
        self.page.evaluate("document.getAnimations().forEach((own) => own.finish())")

    def find_barriers(self, **options):
        """What axe finds wrong, a line for each element."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe_script())
        found = self.page.evaluate(RUN_AXE, options)
        return [f"{rule}: {html}" for rule, html in found]

    def open_details(self):
        """Open all that can be opened, so that what is inside is looked at, too."""
        self.page.evaluate("document.querySelectorAll('main details').forEach(o => o.open = true)")

    def enlarge_text(self):
        """Write twice as large, as a browser's own setting does."""
        self.page.evaluate("document.documentElement.style.fontSize = '200%'")

    def read(self) -> str:
        """The page's source, without what is another's or another time's: names and tokens."""
        return re.sub(OWN_WORDS, "", self.page.content())

    def find_overflow(self):
        """By how much the page scrolls sideways, and the elements that stick out."""
        return self.page.evaluate(FIND_OVERFLOW)

    def find_cut_text(self):
        return self.page.evaluate(FIND_CUT_TEXT)

    def _hear(self, message):
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def _watch(self, request):
        if not request.url.startswith((self.address, "data:")):
            self.complaints.append(f"asks elsewhere: {request.url}")

    def _check(self, response):
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} for {response.url}")

    def _miss(self, request):
        self.complaints.append(f"no answer to {request.url}: {request.failure}")


@cache
def axe_script() -> str:
    return Axe().axe_script


RUN_AXE = """
async (options) => {
  const found = await axe.run(document, { resultTypes: ["violations"], ...options });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => [rule.id, node.html]));
}
"""

FIND_OVERFLOW = """
() => {
  const page = document.documentElement;
  const wide = page.scrollWidth - page.clientWidth;
  if (wide <= 0) return [];
  const isInside = (element) => {
    for (let own = element.parentElement; own && own !== page; own = own.parentElement) {
      if (getComputedStyle(own).overflowX !== "visible") return true;
    }
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter(
    (own) => own.getBoundingClientRect().right > page.clientWidth + 0.5 && !isInside(own));
  return [`by ${wide} px`, ...out.slice(0, 3).map((own) => own.outerHTML.slice(0, 120))];
}
"""

FIND_CUT_TEXT = """
() => [...document.body.querySelectorAll("*")].filter((own) => {
  const style = getComputedStyle(own);
  const isHidden = own.clientWidth <= 1 || style.clipPath !== "none";
  const cuts = [style.overflowX, style.overflowY].some((way) => way === "hidden" || way === "clip");
  const isCut = own.scrollWidth > own.clientWidth + 1 || own.scrollHeight > own.clientHeight + 1;
  return cuts && isCut && !isHidden && own.textContent.trim();
}).map((own) => own.outerHTML.slice(0, 120))
"""
