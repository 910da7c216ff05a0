"""Three hundred hostile texts in every field of every block and in what shoppers send: shown, and run nowhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from shelftalk import clock
from shelftalk.catalog.blocks import BLOCKS
from shelftalk.catalog.languages import LANGUAGES
from shelftalk.catalog.review import ReviewInput
from shelftalk.catalog.survey import Choice
from shelftalk.catalog.warranty import Registration
from shelftalk.scans.shelf import RenderedPage
from shelftalk.store import Store, coupons, pages, products, questions, reviews, sign_ups, surveys, warranties
from shelftalk.store.whence import Whence
from shelftalk.web.attempts import Attempts
from shelftalk.web.i18n import Translator
from shelftalk.web.shopper import make_renderer
from shelftalk.web.state import get_state
from tests.hostile import COUNT, list_payloads
from tests.hostile_pages import find_marks, make_extras, make_hostile_page, make_media, take_in_turn, take_one
from tests.support import PASSWORD, ROOT, add_person
from tests.tea_page import make_product

pytestmark = pytest.mark.browser
LOOK = (Path(__file__).parent / "hostile.js").read_text("utf-8")
TEXTS = list_payloads()
ALL = set(range(COUNT))
READABLE = [text for text in TEXTS if "\0" not in text]  # an address with a zero byte in it is refused
AT_ONCE = 30  # frames
MIXED = 10  # pages whose fields have different texts each
WATCH = """
window.taken = (number) => tell(`text ${number} ran`);
addEventListener("securitypolicyviolation", (event) => tell(`policy: ${event.violatedDirective} ${event.blockedURI}`));
addEventListener("error", (event) => tell(`error: ${event.message || event.target.outerHTML}`), true);
"""
TYPES = {".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass
class Watched:
    """A browser in which whatever runs, is refused or fails is told."""

    context: BrowserContext
    told: list[str] = field(default_factory=list)

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda message: message.type == "error" and self.told.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.told.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.told.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", self._check)
        return page

    def _check(self, request: object) -> None:
        url = str(getattr(request, "url", ""))
        if urlsplit(url).hostname not in ("127.0.0.1", None):
            self.told.append(f"asked for {url}")


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    with browser.new_context(viewport={"width": 1280, "height": 800}, locale="en") as context:
        made = Watched(context)
        context.expose_binding("tell", lambda _source, line: made.told.append(line))
        context.add_init_script(WATCH)
        yield made


def look(page: Page, headings: int = 1) -> tuple[list[str], set[int]]:
    """What is wrong with a page and the frames on it, and the texts that are on them."""
    page.evaluate(LOOK)
    wrong = list(page.evaluate(f"hostile.listWrong(document, {headings})"))
    fields = page.evaluate("[...document.querySelectorAll('input, textarea')].map((one) => one.value)")
    found = set(find_marks(page.content() + " ".join(fields)))
    for frame in page.frames[1:]:
        found |= set(find_marks(frame.content()))
    return wrong, found


# ---- the shopper page: every text in every field ----


class Handler(BaseHTTPRequestHandler):
    made: list[RenderedPage]

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/n/"):
            page = self.made[int(path[3:])]
            self._answer(page.html, "text/html; charset=utf-8", page.csp)
        elif path.startswith("/static/"):
            file = ROOT / path[1:]
            self._answer(file.read_bytes(), TYPES.get(file.suffix, "text/plain"))
        elif path.startswith("/m/"):
            self._answer((ROOT / "static/img/mark.svg").read_bytes(), "image/svg+xml")
        else:
            self._answer(b"<!doctype html><title>Frames</title><link rel=icon href=/static/img/mark.svg>", "text/html")

    def _answer(self, body: bytes, kind: str, policy: str = "") -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if policy:
            self.send_header("Content-Security-Policy", policy)
        else:
            self.send_header("Cache-Control", "max-age=600")
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def rendered() -> list[RenderedPage]:
    """For each text a page of every kind of block, the text in every field, file name and review."""
    renderer, made = make_renderer(ROOT, Translator(), "https://tea.example"), []
    for number, text in enumerate(TEXTS):
        content = make_hostile_page(take_one(text), tags=("en",))
        product = make_product(brand=text, name=text, gtin="", photo="")
        made.append(renderer.render_page(product, content, "en", make_media(text), make_extras(text)))
        assert number in find_marks(made[-1].html.decode())
    for place in range(MIXED):
        content = make_hostile_page(take_in_turn(TEXTS, place * COUNT // MIXED), tags=("en",))
        text = TEXTS[place]
        made.append(renderer.render_page(make_product(name=text), content, "en", make_media(text), make_extras(text)))
    return made


@pytest.fixture
def shelf(rendered: list[RenderedPage]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Served", (Handler,), {"made": rendered}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


OPEN_FRAMES = """(jobs) => Promise.all(jobs.map((job, place) => new Promise((done) => {
  const frame = document.createElement("iframe");
  frame.name = `f${place}`;
  frame.style.cssText = "width:360px;height:400px";
  if (typeof job === "string") frame.src = job;
  document.body.append(frame);
  const form = document.createElement("form");
  if (typeof job !== "string") {
    Object.assign(form, { action: job.action, method: "post", target: frame.name });
    for (const [name, value] of Object.entries(job.fields)) {
      const area = document.createElement("textarea");
      [area.name, area.value] = [name, value];
      form.append(area);
    }
    document.body.append(form);
    form.submit();
  }
  frame.addEventListener("load", () => frame.contentDocument.URL !== "about:blank" && done());
  setTimeout(done, 30000);
})))"""
LOOK_IN_FRAMES = """() => [...document.querySelectorAll("iframe")].map((frame) => {
  if (!frame.contentDocument) return [["no page of ours"], ""];
  frame.contentDocument.querySelectorAll("details").forEach((one) => { one.open = true });
  return [hostile.listWrong(frame.contentDocument, 1), frame.contentDocument.documentElement.outerHTML];
})"""


# A browser's own reading of every page, nothing on it loaded.
PARSE = """async (count) => {
  const wrong = [];
  for (let number = 0; number < count; number += 1) {
    const html = await (await fetch(`/n/${number}`)).text();
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!page.documentElement.outerHTML.includes(`z${number}z`)) wrong.push(`${number} is not there`);
    wrong.push(...hostile.listWrong(page, 1).map((line) => `${number}: ${line}`));
  }
  return wrong;
}"""


def look_in_frames(page: Page, jobs: list[object]) -> tuple[list[str], set[int]]:
    """Open addresses, or send forms, each in a frame of its own; what is wrong in them and which texts are there."""
    wrong: list[str] = []
    found: set[int] = set()
    for start in range(0, len(jobs), AT_ONCE):
        some = jobs[start : start + AT_ONCE]
        page.evaluate("document.body.replaceChildren()")
        page.evaluate(OPEN_FRAMES, some)
        seen = page.evaluate(LOOK_IN_FRAMES)
        assert len(seen) == len(some)
        for place, (faults, html) in enumerate(seen):
            wrong += [f"{start + place}: {line}" for line in faults]
            found |= set(find_marks(html))
    return wrong, found


def test_there_are_three_hundred_texts_and_each_is_another() -> None:
    assert len(TEXTS) == len(set(TEXTS)) == COUNT == 300


def test_a_text_that_runs_would_be_noticed(watched: Watched, shelf: str) -> None:
    page = watched.open()
    page.goto(shelf)
    page.evaluate(LOOK)
    page.evaluate("document.body.innerHTML = '<img src=/m/x onload=taken(7)><h1 onclick=x>x</h1><h1>y</h1>'")
    page.wait_for_timeout(200)
    assert "text 7 ran" in watched.told
    assert len(page.evaluate("hostile.listWrong(document, 1)")) == 3


def test_every_text_is_only_text_in_every_field_of_every_block(watched: Watched, shelf: str) -> None:
    page = watched.open()
    page.goto(shelf)
    page.evaluate(LOOK)
    wrong = page.evaluate(PARSE, COUNT)
    assert wrong == []
    assert watched.told == []


def test_no_text_runs_on_the_page_of_a_shopper(watched: Watched, shelf: str) -> None:
    page = watched.open()
    page.goto(shelf)
    page.evaluate(LOOK)
    wrong, found = look_in_frames(page, [f"/n/{COUNT + number}" for number in range(MIXED)])
    assert wrong == []
    assert watched.told == []
    assert found == ALL


# ---- the staff's screens and the answers to shoppers ----


@dataclass(frozen=True)
class Site:
    """A product with hostile pages, its shoppers no better."""

    product: int
    forms: str  # the address of a page with forms


def publish(store: Store, name: str, *contents: object) -> int:
    """A product that had these contents, the last one its draft."""
    at = clock.now()
    with store.write() as db:
        product = products.add_product(db, name=name, brand=TEXTS[1], gtin="", photo="", colour="#1f6f54", at=at)
        for number, content in enumerate(contents, start=1):
            pages.save_page(db, product.id, number, content, by=TEXTS[2], at=at)  # type: ignore[arg-type]
            if number == 1:
                pages.publish_page(db, product.id, by=TEXTS[3], at=at, force=True)
    return product.id


@pytest.fixture
def site(app: Flask, store: Store, password_hash: str) -> Site:
    add_person(store, "admin", password_hash, TEXTS[0])
    get_state(app).by_sender = Attempts(limit=10_000, span_s=600)
    plain = make_hostile_page(take_one("Plain words"))
    first, then = (make_hostile_page(take_in_turn(TEXTS, start)) for start in (0, COUNT // 2))
    product = publish(store, TEXTS[4], plain, first)
    publish(store, TEXTS[5], first, then)
    kinds = ("hero", "faq", "reviews", "survey", "signup", "warranty", "coupon")
    forms = publish(store, "Forms", make_hostile_page(take_in_turn(TEXTS), kinds, ("en",)))
    send_everything(store, forms)
    get_state(app).refresh_shelf()
    with store.read() as db:
        return Site(product, f"/p/{products.get_product(db, forms).slug}")


def send_everything(store: Store, product: int) -> None:
    """Every text once as a review, a question, an answer, a warranty, a coupon."""
    at = clock.now()
    with store.write() as db:
        for number, text in enumerate(TEXTS):
            given = ReviewInput(5, text, text[:40])
            review = reviews.add_review(db, product, "breviews", "en", given, on=at.date())
            if number % 2:
                reviews.answer_review(db, review, text, by=text, on=at.date(), at=at)
            questions.add_question(db, product, "bfaq", "en", text, on=at.date(), at=at)
            surveys.add_answer(db, Whence(product, "bsurvey", 1, "en"), [Choice(2, 0, text)], at=at)
            item = Registration(serial=text, lot=text, shop=text, email=f"z{number}z'`onfocus=x@x.example")
            whence, day = Whence(product, "bwarranty", 1, "en"), at.date() + timedelta(days=9)
            warranties.register(db, whence, item, consent=text, delete_on=day, at=at)
            sign_ups.sign_up(db, Whence(product, "bsignup", 1, "en"), item.email, text, at=at)
        coupons.add_coupons(db, product, "bcoupon", TEXTS, at=at)


@pytest.fixture
def screen(watched: Watched, live: str, site: Site) -> Page:
    """The administrator's browser."""
    assert site.product
    page = watched.open()
    page.goto(f"{live}/admin/sign-in")
    page.fill("[name=email]", "admin@tea.example")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/")
    return page


def walk(page: Page, live: str, paths: list[str]) -> tuple[list[str], set[int]]:
    """What is wrong on these screens, and the texts that are on one of them."""
    wrong: list[str] = []
    found: set[int] = set()
    for path in paths:
        page.goto(f"{live}{path}", wait_until="load")
        faults, seen = look(page)
        wrong += [f"{path}: {line}" for line in faults]
        found |= seen
    return wrong, found


def test_the_editor_only_shows_them(screen: Page, watched: Watched, live: str, site: Site) -> None:
    wrong, found = walk(screen, live, [f"/admin/products/{site.product + number}/page" for number in (0, 1)])
    screen.get_by_role("button", name="Save", exact=True).first.wait_for()
    assert wrong == []
    assert watched.told == []
    assert found == ALL


def test_the_editors_preview_only_shows_them(screen: Page, watched: Watched, live: str, site: Site) -> None:
    # Two drafts with the texts in other places: what stands in a block that is left out of one is shown in the other.
    drafts = (site.product, site.product + 1)
    previews = [f"/admin/products/{number}/preview?lang={tag}" for number in drafts for tag in LANGUAGES]
    wrong, found = walk(screen, live, previews)
    assert wrong == []
    assert watched.told == []
    assert found == ALL


def test_the_difference_of_versions_only_shows_them(screen: Page, watched: Watched, live: str, site: Site) -> None:
    start = f"/admin/products/{site.product}/page"
    wrong, found = walk(screen, live, [f"{start}/versions/compare?from=v1&to=draft"])
    assert found == ALL
    both = f"/admin/products/{site.product + 1}/page/versions/compare?from=v1&to=draft"
    more, _seen = walk(screen, live, [both, f"{start}/versions", f"{start}/versions/v1", f"{start}/check"])
    assert wrong + more == []
    assert watched.told == []


def test_the_lists_of_what_shoppers_sent_only_show_them(screen: Page, watched: Watched, live: str, site: Site) -> None:
    forms = site.product + 2
    lists = {
        "reviews": [f"/admin/reviews/?page={number}" for number in range(1, 7)],
        "questions": [f"/admin/questions/?page={number}" for number in range(1, 7)],
        "surveys": [f"/admin/surveys/{forms}/bsurvey"],
        "warranties": [f"/admin/warranties/?page={number}" for number in range(1, 7)],
        "sign-ups": [f"/admin/sign-ups/?state=waiting&page={number}" for number in range(1, 7)],
    }
    for name, paths in lists.items():
        wrong, found = walk(screen, live, paths)
        assert wrong == [], name
        assert found == ALL, f"{name}: {sorted(ALL - found)}"
    others = ["reviews/1", "reviews/2", "questions/1", "surveys/", "coupons/", f"coupons/{forms}/bcoupon", "products/"]
    wrong, _found = walk(screen, live, [f"/admin/{path}" for path in (*others, "", f"products/{site.product}")])
    assert wrong == []
    assert watched.told == []


def open_blank(page: Page, live: str) -> None:
    """A page of the same site that may hold frames."""
    html = "<!doctype html><title>Frames</title><body></body>"
    page.route(f"{live}/blank", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(f"{live}/blank")
    page.evaluate(LOOK)


# A browser's own reading of every answer, nothing on it loaded.
READ_ANSWERS = """async (jobs) => {
  const seen = [];
  for (const job of jobs) {
    const sent = typeof job === "string" ? [job]
      : [job.action, { method: "POST", body: new URLSearchParams(job.fields) }];
    const html = await (await fetch(...sent)).text();
    const page = new DOMParser().parseFromString(html, "text/html");
    const marks = page.documentElement.outerHTML.match(/z[0-9]+z/g) || [];
    seen.push([hostile.listWrong(page, 1), marks.join(" ")]);
  }
  return seen;
}"""


def test_answers_to_shoppers_only_show_what_they_typed(watched: Watched, live: str, site: Site) -> None:
    """Each of them is read; a fifth is opened and sent as a shopper would, so that what could run does."""
    page = watched.open()
    open_blank(page, live)
    asked = [f"{site.forms}?ask={quote(text)}&in=bfaq&lang=en" for text in READABLE]
    sent = [{"action": f"{site.forms}?do=breviews&lang=en", "fields": {"text": one, "name": one}} for one in TEXTS]
    for jobs, count in ((asked, len(READABLE)), (sent, COUNT)):
        seen = page.evaluate(READ_ANSWERS, jobs)
        assert [line for faults, _marks in seen for line in faults] == []
        assert len({mark for _faults, marks in seen for mark in find_marks(marks)}) == count
    wrong, found = look_in_frames(page, [*asked[::5], *sent[2::5]])
    assert wrong == []
    assert len(found) > COUNT / 3
    assert [line for line in watched.told if "422" not in line] == []


@pytest.mark.parametrize("kind", ["survey", "warranty", "faq"])
def test_forms_given_back_only_show_what_was_typed(watched: Watched, live: str, site: Site, kind: str) -> None:
    names = {
        "survey": ("q1", "q2"),
        "warranty": ("serial", "lot", "shop", "email", "bought_on"),
        "faq": ("question",),
    }
    page = watched.open()
    open_blank(page, live)
    some = TEXTS[list(names).index(kind) :: 6]
    jobs = [{"action": f"{site.forms}?do=b{kind}&lang=en", "fields": dict.fromkeys(names[kind], one)} for one in some]
    wrong, found = look_in_frames(page, [*jobs])
    assert wrong == []
    assert found
    assert [line for line in watched.told if "422" not in line] == []


def test_every_kind_of_block_is_among_them(rendered: list[RenderedPage]) -> None:
    for kind in BLOCKS.keys() - {"hero", "buy", "share"}:
        assert f'id="b{kind}"' in rendered[0].html.decode(), kind
