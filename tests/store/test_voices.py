"""Questions and reviews on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from shelftalk.catalog.page import make_block
from shelftalk.catalog.review import ReviewInput
from shelftalk.errors import NotFound
from shelftalk.store import Db, Store, notes, products, questions, reviews, sample
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.rows import ListQuery
from tests.store.test_store_contract import add_product, publish

AT = datetime(2026, 11, 2, 20, 45, tzinfo=UTC)
DAY = date(2026, 11, 2)


def ask(db: Db, product_id: int, text: str, language: str = "en", on: date = DAY, at: datetime = AT) -> bool:
    return questions.add_question(db, product_id, "faq", language, text, on=on, at=at) > 0


def write(db: Db, product_id: int, stars: int, text: str = "", language: str = "en", name: str = "") -> int:
    return reviews.add_review(db, product_id, "voices", language, ReviewInput(stars, text, name), on=DAY)


def approve(db: Db, *ids: int) -> None:
    for review_id in ids:
        reviews.decide_review(db, review_id, "published", by="Mei", at=AT)


def test_the_same_question_in_another_spelling_is_counted_not_added(db: Db) -> None:
    tea = add_product(db).id
    for text in ("آیا چای سبز است؟", "آيا چاي سبز است", "آیا  چای سبز است ؟"):
        assert ask(db, tea, text, "fa")
    ask(db, tea, "Is it green?")
    listing = questions.list_questions(db, ListQuery())
    assert [(row.language, row.asked) for row in listing.rows] == [("fa", 3), ("en", 1)]
    assert listing.rows[0].text == "آیا چای سبز است؟"


def test_a_question_of_signs_only_is_kept_as_it_is(db: Db) -> None:
    ask(db, add_product(db).id, "???")
    assert questions.list_questions(db, ListQuery()).rows[0].text == "???"


def test_questions_are_found_by_words_product_language_and_state(db: Db) -> None:
    tea, honey = add_product(db).id, add_product(db, "Buckwheat Honey").id
    ask(db, tea, "Is it vegan?")
    ask(db, honey, "Можно детям?", "ru")
    ask(db, honey, "Is it raw?")
    found = {
        name: [row.text for row in questions.list_questions(db, ListQuery(search, filters)).rows]
        for name, search, filters in (
            ("word", "VEGAN", {}),
            ("product's name", "honey", {"language": "ru"}),
            ("product", "", {"product": str(tea)}),
            ("state", "", {"state": "dismissed"}),
            ("sign", "%", {}),
        )
    }
    assert found == {
        "word": ["Is it vegan?"],
        "product's name": ["Можно детям?"],
        "product": ["Is it vegan?"],
        "state": [],
        "sign": [],
    }


def test_open_questions_come_first_those_asked_often_before_others(db: Db) -> None:
    tea = add_product(db).id
    for text in ("once", "often", "often", "done", "done", "done"):
        ask(db, tea, text)
    done = next(row for row in questions.list_questions(db, ListQuery()).rows if row.text == "done")
    questions.set_state(db, done.id, "answered", by="Mei", at=AT)
    assert [row.text for row in questions.list_questions(db, ListQuery()).rows] == ["often", "once", "done"]
    assert questions.count_open(db) == 2
    assert questions.get_question(db, done.id).decided_by == "Mei"


def test_a_dismissed_question_stays_dismissed_when_it_is_asked_again(db: Db) -> None:
    tea = add_product(db).id
    ask(db, tea, "buy followers")
    question = questions.list_questions(db, ListQuery()).rows[0]
    questions.set_state(db, question.id, "dismissed", by="Mei", at=AT)
    ask(db, tea, "buy followers")
    assert [(row.state, row.asked) for row in questions.list_questions(db, ListQuery()).rows] == [("dismissed", 2)]


def test_an_answered_question_opens_again_only_when_the_answer_is_live_and_did_not_help(db: Db) -> None:
    tea = add_product(db)
    ask(db, tea.id, "Is it vegan?")
    question = questions.list_questions(db, ListQuery()).rows[0]
    questions.set_state(db, question.id, "answered", by="Mei", at=AT - timedelta(days=1))
    ask(db, tea.id, "Is it vegan?")
    assert questions.get_question(db, question.id).state == "answered", "the page with the answer is not out yet"
    publish(db, tea)
    ask(db, tea.id, "Is it vegan?", at=AT + timedelta(days=1))
    assert questions.get_question(db, question.id).state == "open"


def test_beyond_a_flood_no_new_question_is_kept_but_known_ones_are_counted(
    db: Db, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "MOST_OPEN", 2)
    tea = add_product(db).id
    assert [ask(db, tea, text) for text in ("a", "b", "c", "a")] == [True, True, False, True]


def test_what_is_not_there_raises_not_found(db: Db) -> None:
    for call in (
        lambda: questions.get_question(db, 7),
        lambda: questions.set_state(db, 7, "open", by="", at=AT),
        lambda: reviews.get_review(db, 7),
        lambda: reviews.decide_review(db, 7, "published", by="", at=AT),
        lambda: reviews.answer_review(db, 7, "x", by="", on=DAY, at=AT),
    ):
        with pytest.raises(NotFound):
            call()


def test_only_published_reviews_count(db: Db) -> None:
    tea = add_product(db).id
    five, four, one = (write(db, tea, stars) for stars in (5, 4, 1))
    assert reviews.get_rating(db, tea).count == 0
    approve(db, five, four)
    reviews.decide_review(db, one, "refused", by="Mei", at=AT)
    rating = reviews.get_rating(db, tea)
    assert (rating.count, rating.average, dict(rating.counts)) == (2, Decimal("4.5"), {5: 1, 4: 1})
    assert reviews.count_waiting(db) == 0


def test_every_decision_is_kept_with_who_and_when(db: Db) -> None:
    tea = add_product(db)
    review = write(db, tea.id, 4, "Lovely.")
    approve(db, review)
    assert not reviews.decide_review(db, review, "published", by="Mei", at=AT), "twice is once"
    reviews.answer_review(db, review, "Thank you!", by="Mina", on=DAY, at=AT)
    reviews.undo_decision(db, review, by="Mei", at=AT)
    assert [(item.by, item.state, item.answer) for item in reviews.list_decisions(db, review)] == [
        ("Mei", "waiting", ""),
        ("Mina", "answer", "Thank you!"),
        ("Mei", "published", ""),
    ]
    assert {item.at for item in reviews.list_decisions(db, review)} == {AT}


def test_a_decision_marks_the_product_as_changed(db: Db) -> None:
    tea = add_product(db)
    review = write(db, tea.id, 4)
    changes: tuple[Callable[[], None], ...] = (
        lambda: approve(db, review),
        lambda: reviews.answer_review(db, review, "Thanks", by="Mei", on=DAY, at=AT),
        lambda: reviews.undo_decision(db, review, by="Mei", at=AT),
    )
    for change in changes:
        seen = notes.get_version(db)
        change()
        assert [product.id for product in products.list_changed_products(db, seen)] == [tea.id]


def test_an_undone_refusal_is_published_again_when_it_was_so_before(db: Db) -> None:
    review = write(db, add_product(db).id, 2, "Meh.")
    approve(db, review)
    reviews.decide_review(db, review, "refused", by="Mei", at=AT)
    reviews.undo_decision(db, review, by="Mei", at=AT)
    assert reviews.get_review(db, review).state == "published"


def test_links_copies_and_shouting_are_held_with_a_reason(db: Db) -> None:
    tea, honey = add_product(db).id, add_product(db, "Buckwheat Honey").id
    texts = {
        "Nice tea, nice price": "",
        "nice tea - NICE price!": "duplicate",
        "cheap at https://x.example": "link",
        "see cheap-tea.top": "link",
        "write me: a@b.example": "link",
        "BEST TEA EVER BUY IT NOW ALL": "shouting",
        "goooooooooooood": "shouting",
        "好喝，會再回購。": "",
    }
    held = {text: reviews.get_review(db, write(db, tea, 5, text)).held for text in texts}
    assert held == texts
    assert reviews.get_review(db, write(db, honey, 5, "Nice tea, nice price")).held == "", "another product"
    assert [reviews.get_review(db, write(db, tea, 5)).held for _ in range(2)] == ["", ""], "stars alone are no copy"


def test_the_page_gets_the_newest_of_each_language_and_the_readers_come_first(db: Db) -> None:
    tea = add_product(db).id
    ids = [write(db, tea, 5, f"text {n}", "en") for n in range(10)]
    ids += [write(db, tea, 4, "Хороший чай", "ru"), write(db, tea, 3, "چای خوب", "fa")]
    approve(db, *ids)
    board = reviews.load_board(db, tea, make_block("reviews"))
    assert board.rating.count == 12
    assert [review.text for review in board.choose("ru", 3)] == ["Хороший чай", "چای خوب", "text 9"]
    assert [review.text for review in board.choose("en", 2)] == ["text 9", "text 8"]


def test_all_reviews_come_page_by_page_and_by_stars(db: Db) -> None:
    tea = add_product(db).id
    approve(db, *(write(db, tea, 1 + n % 5, f"text {n}", "ru" if n == 3 else "en") for n in range(7)))
    first = reviews.list_published(db, tea, "ru", per_page=3)
    assert ([review.text for review in first.rows], first.total, first.pages) == (["text 3", "text 6", "text 5"], 7, 3)
    assert reviews.list_published(db, tea, "ru", per_page=3, page=99).page == 3
    assert [r.stars for r in reviews.list_published(db, tea, "en", stars=2).rows] == [2, 2]


def test_reviews_are_found_by_words_stars_product_language_and_state(db: Db) -> None:
    tea = add_product(db).id
    approve(db, write(db, tea, 5, "Smells of orchids", name="Anna"))
    write(db, tea, 1, "Слишком горький", "ru")
    found = [
        [row.stars for row in reviews.list_reviews(db, ListQuery(search, filters)).rows]
        for search, filters in (
            ("ORCHID", {}),
            ("anna", {}),
            ("oolong", {}),
            ("", {"stars": "5"}),
            ("", {"language": "ru"}),
            ("", {"state": "published", "product": str(tea)}),
            ("", {"stars": "x", "product": "9" * 60}),
        )
    ]
    assert found == [[5], [5], [1, 5], [5], [1], [5], [1, 5]]


def test_a_backup_carries_them_and_the_sample_takes_its_own_away(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        own, tried = add_product(db), add_product(db, "Sample Tea", is_sample=True)
        for product in (own, tried):
            ask(db, product.id, "Is it vegan?")
            approve(db, write(db, product.id, 5, "Good."))
    write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        sample.remove_sample(db)
    with store.read() as db:
        assert [row.product_id for row in questions.list_questions(db, ListQuery()).rows] == [own.id]
        assert [row.product_id for row in reviews.list_reviews(db, ListQuery()).rows] == [own.id]
    read_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        assert questions.list_questions(db, ListQuery()).total == 2
        review = reviews.list_reviews(db, ListQuery()).rows[0]
        assert reviews.list_decisions(db, review.id)[0].by == "Mei"
        assert write(db, own.id, 5) > review.id
