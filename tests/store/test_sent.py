"""What shoppers send, on both engines: kept once, given once, erased, too old, backed up."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path

from shelftalk.catalog.survey import Choice
from shelftalk.catalog.warranty import Registration
from shelftalk.store import Db, Store, coupons, outbox, sent, sign_ups, surveys, warranties
from shelftalk.store.backup import read_backup, write_backup
from shelftalk.store.rows import ListQuery
from shelftalk.store.surveys import SurveyAsk
from shelftalk.store.whence import Whence, find_whence
from tests.store.test_store_contract import AT, add_location, add_placement, add_product


def stand(db: Db) -> Whence:
    """A product's block, read from a code at a location."""
    product, location = add_product(db), add_location(db)
    placement = add_placement(db, product, location)
    return find_whence(db, product.id, "b1", 1, "en", placement.code)


def test_where_something_came_from_is_found_by_the_code(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        assert whence.placement_id and whence.location_id
        assert find_whence(db, 1, "b1", 1, "en", "unknown").code == ""


def test_answers_are_counted_by_version_language_and_choice(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        for choices in ([Choice(1, 2), Choice(2, 1), Choice(2, 3)], [Choice(1, 2), Choice(3, 0, "Sweeter")]):
            surveys.add_answer(db, whence, choices, at=AT)
        ask = SurveyAsk(whence.product_id, "b1")
        assert {(c.question, c.choice): c.n for c in surveys.list_counts(db, ask)} == {
            (1, 2): 2,
            (2, 1): 1,
            (2, 3): 1,
            (3, 0): 1,
        }
        assert {c.question: c.n for c in surveys.list_question_counts(db, ask)} == {1: 2, 2: 1, 3: 1}
        assert [text.text for text in surveys.list_texts(db, ask)] == ["Sweeter"]
        assert [place.n for place in surveys.list_places(db, ask)] == [2]
        assert surveys.list_counts(db, SurveyAsk(whence.product_id, "b1", "ru")) == []
        assert surveys.list_counts(db, SurveyAsk(whence.product_id, "b1", location_id=0)) == []
        assert surveys.count_surveys(db, whence.product_id) == {"b1": 2}


def test_no_code_is_given_twice_whoever_comes_at_once(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        coupons.add_coupons(db, whence.product_id, "b1", [f"C{n}" for n in range(60)], at=AT)
    got: list[str] = []

    def run() -> None:
        for _turn in range(10):
            with store.write() as db:
                given = coupons.take_coupon(db, whence, at=AT)
            got.append(given.coupon if given else "")

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [code for code in got if code]
    assert sorted(codes) == sorted(f"C{n}" for n in range(60))
    with store.read() as db:
        stock = coupons.count_coupons(db, whence.product_id, "b1")
        assert (stock.given, stock.is_gone, stock.gone_at) == (60, True, AT)
        assert len(coupons.list_givings(db, whence.product_id, "b1")) == 60


def test_a_code_is_in_a_pool_once(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        assert coupons.add_coupons(db, whence.product_id, "b1", ["A", "B"], at=AT) == 2
        assert coupons.add_coupons(db, whence.product_id, "b1", ["B", "C"], at=AT) == 1
        assert coupons.add_coupons(db, whence.product_id, "b2", ["B"], at=AT) == 1
        pool = next(pool for pool in coupons.list_pools(db, whence.product_id) if pool.block_id == "b1")
        assert (pool.total, pool.remaining, pool.given) == (3, 3, 0)


def test_a_code_for_all_is_counted_as_often_as_it_is_shown(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        ids = {coupons.take_common_coupon(db, whence, "TEA10", at=AT).id for _turn in range(3)}
        assert len(ids) == 1
        assert coupons.list_pools(db, whence.product_id)[0].given == 3
        assert coupons.find_coupon(db, whence.product_id, "b1", ids.pop()) == "TEA10"
        assert coupons.find_coupon(db, whence.product_id, "b2", 1) == ""


def test_texts_and_places_go_with_their_time_and_counts_stay(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        surveys.add_answer(db, whence, [Choice(1, 2), Choice(2, 0, "My name is Ada")], at=AT)
        coupons.add_coupons(db, whence.product_id, "b1", ["A"], at=AT)
        coupons.take_coupon(db, whence, at=AT)
    with store.write() as db:
        assert sent.drop_old_sent(db, AT.date() + timedelta(days=396), 396) == 0
        assert sent.drop_old_sent(db, AT.date() + timedelta(days=397), 396) == 2
        ask = SurveyAsk(whence.product_id, "b1")
        assert surveys.list_texts(db, ask) == []
        assert [count.n for count in surveys.list_counts(db, ask)] == [1]
        stock = coupons.count_coupons(db, whence.product_id, "b1")
        assert (stock.given, stock.gone_at) == (1, None)


def test_what_was_sent_from_a_code_is_erased_by_days(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        for days in (0, 2):
            surveys.add_answer(db, whence, [Choice(1, 1)], at=AT + timedelta(days=days))
        day = AT.date()
        sent.erase_sent(db, "other", day, day + timedelta(days=9))
        assert surveys.count_answers(db, whence.product_id, "b1") == 2
        sent.erase_sent(db, whence.code, day - timedelta(days=1), day + timedelta(days=1))
        assert surveys.count_answers(db, whence.product_id, "b1") == 1
        assert len(surveys.list_counts(db, SurveyAsk(whence.product_id, "b1"))) == 1


def test_a_backup_brings_everything_back(store: Store, tmp_path: Path) -> None:
    with store.write() as db:
        whence = stand(db)
        surveys.add_answer(db, whence, [Choice(1, 1)], at=AT)
        coupons.add_coupons(db, whence.product_id, "b1", ["A", "B"], at=AT)
        coupons.take_coupon(db, whence, at=AT)
    write_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        coupons.take_coupon(db, whence, at=AT)
        sent.erase_sent(db, whence.code, date(2000, 1, 1), date(2100, 1, 1))
    read_backup(store, tmp_path / "backup.sqlite")
    with store.write() as db:
        assert surveys.count_answers(db, whence.product_id, "b1") == 1
        assert coupons.count_coupons(db, whence.product_id, "b1").remaining == 1
        surveys.add_answer(db, whence, [Choice(1, 1)], at=AT)  # with a number of its own


def test_an_address_is_kept_once_and_mailed_once_an_hour(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        first = sign_ups.sign_up(db, whence, "ada@tea.example", "Yes", at=AT)
        assert first
        assert sign_ups.sign_up(db, whence, "ada@tea.example", "Yes", at=AT + timedelta(minutes=59)) is None
        again = sign_ups.sign_up(db, whence, "ada@tea.example", "Yes, again", at=AT + timedelta(hours=1))
        assert again and (again.id, again.consent) == (first.id, "Yes, again")
        sign_ups.confirm_sign_up(db, first.id, at=AT)
        assert sign_ups.sign_up(db, whence, "ada@tea.example", "Yes", at=AT + timedelta(days=9)) is None
        assert sign_ups.count_sign_ups(db) == sign_ups.SignUpCounts(1, 0, 0)
        sign_ups.leave_sign_up(db, first.id, at=AT)
        sign_ups.sign_up(db, whence, "mei@tea.example", "Yes", at=AT)
        assert sign_ups.count_sign_ups(db) == sign_ups.SignUpCounts(0, 1, 1)


def test_addresses_are_listed_found_and_dropped_when_nobody_confirms(store: Store) -> None:
    with store.write() as db:
        whence = stand(db)
        for name in ("ada", "mei", "a_b"):
            kept = sign_ups.sign_up(db, whence, f"{name}@tea.example", "Yes", at=AT)
            assert kept
            if name != "mei":
                sign_ups.confirm_sign_up(db, kept.id, at=AT)
        for query, emails in (
            (ListQuery(), ["ada", "a_b"]),
            (ListQuery(search="A_B"), ["a_b"]),
            (ListQuery(filters={"state": "waiting"}), ["mei"]),
            (ListQuery(filters={"state": "all", "product": "1"}, sort="email"), ["a_b", "ada", "mei"]),
            (ListQuery(filters={"language": "ru"}), []),
        ):
            listing = sign_ups.list_sign_ups(db, query)
            assert [row.email.split("@")[0] for row in listing.rows] == emails
            assert listing.total == len(emails)
        sent.drop_old_sent(db, AT.date() + timedelta(days=8), 396)
        assert sign_ups.count_sign_ups(db) == sign_ups.SignUpCounts(2, 0, 0)
        sign_ups.note_export(db, "sign_ups", 2, by="Mei", at=AT)
        assert [(one.by, one.rows) for one in sign_ups.list_exports(db, "sign_ups")] == [("Mei", 2)]


def test_each_mail_is_claimed_by_one_sender(store: Store) -> None:
    with store.write() as db:
        for number in range(30):
            outbox.add_mail(db, f"{number}@tea.example", "Hello", at=AT)
    claimed: list[int] = []

    def run() -> None:
        for _turn in range(10):
            with store.write() as db:
                mail = outbox.claim_mail(db, now=AT, until=AT + timedelta(minutes=5))
            if mail:
                claimed.append(mail.id)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed)) == 30
    with store.write() as db:
        outbox.drop_mail(db, claimed[0])
        again = outbox.claim_mail(db, now=AT + timedelta(minutes=6), until=AT + timedelta(minutes=11))
        assert again and again.tries == 2, "what its sender never finished is another's after a while"
        assert outbox.count_mail(db) == outbox.Waiting(29, 2)
        sent.drop_old_sent(db, AT.date() + timedelta(days=5), 396)
        assert outbox.count_mail(db).count == 0


def test_registered_items_are_found_and_the_same_form_counts_once(store: Store) -> None:
    day = date(2027, 11, 2)
    with store.write() as db:
        whence = stand(db)
        one = warranties.register(
            db, whence, Registration(serial="SN-1", email="ada@tea.example"), consent="Yes", delete_on=day, at=AT
        )
        twice = warranties.register(
            db, whence, Registration(serial="SN-1", email="ada@tea.example"), consent="Yes", delete_on=day, at=AT
        )
        other = warranties.register(
            db, whence, Registration(lot="L-2", email="ada@tea.example"), consent="Yes", delete_on=day, at=AT
        )
        assert (one.mail_due, twice.mail_due, other.mail_due) == (True, False, False)
        assert one.number == twice.number != other.number
        for search, count in (("", 2), ("sn-1", 1), (one.number.lower(), 1), ("l-2", 1), ("%", 0)):
            assert warranties.list_warranties(db, ListQuery(search=search)).total == count
        assert warranties.list_warranties(db, ListQuery(filters={"product": "99"})).rows == []
        assert [name for _id, name in warranties.list_products(db)]
        sent.drop_old_sent(db, day, 396)
        assert warranties.list_warranties(db, ListQuery()).total == 0
