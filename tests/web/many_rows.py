"""A store with thousands of rows in every list that staff look at, written straight into its tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from shelftalk import clock
from shelftalk.catalog.codes import make_code
from shelftalk.catalog.page import format_content, parse_content
from shelftalk.clock import format_at
from shelftalk.store import Db, Store

AT = format_at(clock.now())
DAY = AT[:10]
WORDS = "It is grown at 1,600 m, picked by hand and dried the same day. " * 30
PROOF = json.dumps({"dpi": 300, "sheets": 1, "symbols": 21, "empty": 0})
SURVEY = [{"question": "Hot or cold?", "kind": "one", "answers": "Hot\nCold", "required": ""}] * 2


def make_page(place: int) -> str:
    """A page of some kilobytes in two languages, with a survey and a coupon, as it is stored."""
    kinds = {"h1": "hero", "t1": "text", "s1": "survey", "c1": "coupon", "w1": "warranty", "q1": "faq"}
    texts = {
        "h1": {"title": f"Tea {place:05}"},
        "t1": {"heading": "Story", "body": WORDS},
        "s1": {"heading": "Tell us", "rows": SURVEY},
        "c1": {"heading": "10 % off", "offer": "Your next box"},
        "q1": {"heading": "Questions", "rows": [{"question": "Iced?", "answer": "Yes."}] * 8},
    }
    blocks = [{"id": name, "type": kind} for name, kind in kinds.items()]
    content = parse_content({"blocks": blocks, "texts": {"en": texts, "fa": texts}})
    return json.dumps(format_content(content), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def fill(store: Store, *, rows: int, products: int) -> None:
    """`products` with a published page each, and `rows` of everything else."""
    with store.write() as db:
        _fill_products(db, products)
        _fill_places(db, rows, products)
        _fill_sent(db, rows, products)
        _fill_voices(db, rows, products)
        _copy(
            db,
            "print_runs",
            "id created_at created_by stock origin start copies labels sheets sha256 items proof",
            (
                (n, AT, "Mei", "avery-l7160", "https://tea.example", 1, 1, 21, 1, "0" * 64, "[]", PROOF)
                for n in range(1, rows + 1)
            ),
        )


def _copy(db: Db, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    db.engine.copy(db.connection, table, columns.split(), rows)


def _fill_products(db: Db, count: int) -> None:
    numbers = range(1, count + 1)
    page = make_page(1)
    raw = json.loads(page)
    blocks, texts = json.dumps(raw["blocks"], separators=(",", ":"), sort_keys=True), json.dumps(raw["texts"]["en"])
    _copy(
        db,
        "products",
        "id slug name brand gtin photo colour status published_version changed_in search_text is_sample revision "
        "created_at updated_at",
        (
            (n, f"tea-{n}", f"Tea {n:05}", "Hill", "", "", "#1f6f54", "live", 1, 1, f"tea {n:05}", 0, 1, AT, AT)
            for n in numbers
        ),
    )
    _copy(
        db,
        "pages",
        "product_id blocks revision updated_at updated_by source editor",
        ((n, blocks, 1, AT, "Mei", "en", "") for n in numbers),
    )
    _copy(
        db,
        "page_texts",
        "product_id language title texts updated_at times",
        ((n, tag, f"Tea {n:05}", texts, AT, "{}") for n in numbers for tag in ("en", "fa")),
    )
    columns = "product_id version content published_at published_by"
    _copy(db, "page_versions", columns, ((n, 1, page, AT, "Mei") for n in numbers))


def _fill_places(db: Db, rows: int, products: int) -> None:
    zone = "Asia/Taipei"
    _copy(
        db,
        "locations",
        "id name code gln address timezone search_text is_sample revision created_at updated_at",
        ((n, f"Shop {n:05}", f"S{n:05}", "", "", zone, f"shop {n:05}", 0, 1, AT, AT) for n in range(1, rows + 1)),
    )
    _copy(
        db,
        "placements",
        "id product_id medium location_id stage language call_to_action note changed_in search_text is_sample "
        "revision created_at updated_at",
        (
            (n, n % products + 1, "shelf_talker", n, "compare", "en", "", "", 1, f"tea {n:05}", 0, 1, AT, AT)
            for n in range(1, rows + 1)
        ),
    )
    codes: set[str] = set()
    while len(codes) < rows:
        codes.add(make_code())
    _copy(db, "codes", "code placement_id created_at", ((code, n, AT) for n, code in enumerate(codes, 1)))


def _fill_sent(db: Db, rows: int, products: int) -> None:
    numbers = range(1, rows + 1)
    whence = "at product_id block_id version language code placement_id location_id"

    def sent(n: int, block: str) -> tuple[object, ...]:
        return (AT, n % products + 1, block, 1, ("en", "fa")[n % 2], "", n, n)

    _copy(db, "survey_answers", f"id {whence}", ((n, *sent(n, "s1")) for n in numbers))
    _copy(db, "survey_choices", "answer_id question choice text", ((n, q, n % 2, "") for n in numbers for q in (0, 1)))
    _copy(
        db,
        "coupon_codes",
        "id product_id block_id coupon added_at given common",
        ((n, n % products + 1, "c1", f"TEA-{n}", AT, n % 2, 0) for n in numbers),
    )
    _copy(db, "coupon_givings", f"coupon_id {whence}", ((n, *sent(n, "c1")) for n in numbers if n % 2))
    _copy(
        db,
        "sign_ups",
        f"{whence} email consent confirmed_at",
        ((*sent(n, "n1"), f"shopper-{n}@tea.example", "Yes, write to me.", AT if n % 3 else None) for n in numbers),
    )
    _copy(
        db,
        "warranties",
        f"{whence} number serial lot bought_on shop email consent delete_on search_text",
        ((*sent(n, "w1"), f"W-7K-{n:05}", f"SN{n}", "", DAY, "Shop", "", "", "2031-01-01", f"sn{n}") for n in numbers),
    )


def _fill_voices(db: Db, rows: int, products: int) -> None:
    numbers = range(1, rows + 1)
    _copy(
        db,
        "questions",
        "product_id block_id language text folded state asked first_on last_on decided_at decided_by",
        ((n % products + 1, "q1", "en", f"Is it {n}?", f"is it {n}", "open", 1, DAY, DAY, "", "") for n in numbers),
    )
    states = ("waiting", "published", "rejected")
    _copy(
        db,
        "reviews",
        "product_id block_id language stars text name folded search_text state held written_on answer",
        (
            (
                n % products + 1,
                "r1",
                "en",
                n % 5 + 1,
                WORDS[:300],
                "Li",
                f"r{n}",
                f"tea {n}",
                states[n % 3],
                "",
                DAY,
                "",
            )
            for n in numbers
        ),
    )
