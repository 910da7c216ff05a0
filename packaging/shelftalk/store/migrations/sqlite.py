"""The schema's steps for SQLite, applied by sqlite-utils. The PostgreSQL twins are in `postgres/`."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("shelftalk")
SEARCHED = ("products", "locations", "placements")
Columns = dict[str, type]


# Column -> table it points to, wherever a column of that name stands in the catalog.
PARENTS = {"user_id": "users", "product_id": "products", "location_id": "locations", "placement_id": "placements"}
PARENTS |= {"review_id": "reviews", "design_id": "designs", "stock_id": "stocks", "run_id": "print_runs"}


def _create(
    db: Database,
    name: str,
    columns: Columns,
    pk: str | tuple[str, ...],
    optional: tuple[str, ...] = (),
    linked: bool = True,
) -> None:
    keys = (pk,) if isinstance(pk, str) else pk
    required = {column for column in columns if column not in optional and column not in keys}
    parents = [(column, PARENTS[column], "id") for column in columns if linked and column in PARENTS]
    db.table(name).create(columns, pk=pk, not_null=required, foreign_keys=parents)


@migrations()
def m0001_people(db: Database) -> None:
    """Accounts and their sessions."""
    _create(
        db,
        "users",
        {"id": int, "email": str, "name": str, "password_hash": str, "role": str, "language": str, "active": int}
        | {"created_at": str},
        "id",
    )
    db.table("users").create_index(["email"], unique=True)
    _create(db, "sessions", {"token_hash": str, "user_id": int, "created_at": str, "expires_at": str}, "token_hash")
    db.table("sessions").create_index(["user_id"])


@migrations()
def m0002_catalog(db: Database) -> None:
    """Products, their pages and pictures; locations, placements, codes."""
    common: Columns = {"search_text": str, "is_sample": int, "revision": int, "created_at": str, "updated_at": str}
    product: Columns = {"id": int, "slug": str, "name": str, "brand": str, "gtin": str, "photo": str, "colour": str}
    product |= {"status": str, "published_version": int, "changed_in": int}
    _create(db, "products", product | common, "id", ("published_version",))
    db.table("products").create_index(["slug"], unique=True)
    _create(
        db,
        "pages",
        {"product_id": int, "blocks": str, "revision": int, "updated_at": str, "updated_by": str},
        "product_id",
    )
    _create(
        db,
        "page_texts",
        {"product_id": int, "language": str, "title": str, "texts": str, "updated_at": str},
        ("product_id", "language"),
    )
    _create(
        db,
        "page_versions",
        {"product_id": int, "version": int, "content": str, "published_at": str, "published_by": str},
        ("product_id", "version"),
    )
    _create(db, "media", {"id": str, "name": str, "width": int, "height": int, "created_at": str}, "id")
    location: Columns = {"id": int, "name": str, "code": str, "gln": str, "address": str, "timezone": str}
    _create(db, "locations", location | common, "id")
    db.table("locations").create_index(["code"], unique=True)
    placement: Columns = {"id": int, "product_id": int, "medium": str, "location_id": int, "stage": str}
    placement |= {"language": str, "call_to_action": str, "note": str, "installed_on": str, "removed_on": str}
    placement |= {"retired_at": str, "changed_in": int}
    _create(db, "placements", placement | common, "id", ("location_id", "installed_on", "removed_on", "retired_at"))
    db.table("placements").create_index(["product_id"])
    db.table("placements").create_index(["location_id"])
    _create(db, "codes", {"code": str, "placement_id": int, "created_at": str}, "code")
    db.table("codes").create_index(["placement_id"])
    for name in SEARCHED:
        db.table(name).enable_fts(["search_text"], tokenize="trigram", create_triggers=True)


@migrations()
def m0003_counts(db: Database) -> None:
    """Scans, the spool's positions and the rollups."""
    scan: Columns = {"id": int, "at": str, "day": str, "hour": int, "code": str, "placement_id": int}
    scan |= {"product_id": int, "location_id": int, "stage": str, "language": str, "device": str}
    scan |= {"scan_class": str, "rule_version": int, "first_of_day": int}
    _create(db, "scans", scan, "id", ("location_id",), linked=False)
    db.table("scans").create_index(["placement_id", "at"])
    _create(db, "spool_positions", {"node": str, "segment": str, "position": int}, ("node", "segment"))
    counts: Columns = {"scans": int, "first_scans": int}
    day: Columns = {"day": str, "scan_class": str}
    _create(
        db,
        "rollup_placement_days",
        {"placement_id": int} | day | counts,
        ("placement_id", "day", "scan_class"),
        linked=False,
    )
    _create(
        db,
        "rollup_product_location_days",
        {"day": str, "product_id": int, "location_id": int, "scan_class": str} | counts,
        ("day", "product_id", "location_id", "scan_class"),
        linked=False,
    )
    _create(
        db,
        "rollup_location_hours",
        {"day": str, "hour": int, "location_id": int, "scan_class": str} | counts,
        ("day", "hour", "location_id", "scan_class"),
        linked=False,
    )


@migrations()
def m0004_print_and_notes(db: Database) -> None:
    """Print runs, and single values such as the shelf's version."""
    run: Columns = {"id": int, "created_at": str, "created_by": str, "stock": str, "origin": str, "start": int}
    run |= {"copies": int, "labels": int, "sheets": int, "sha256": str, "items": str, "proof": str}
    _create(db, "print_runs", run, "id")
    _create(db, "notes", {"name": str, "value": str}, "name")


@migrations()
def m0005_erasures(db: Database) -> None:
    """Who erased scans, when and how many."""
    columns: Columns = {"id": int, "at": str, "by": str, "code": str, "from_day": str, "to_day": str, "scans": int}
    _create(db, "erasures", columns, "id")


@migrations()
def m0006_reloads(db: Database) -> None:
    """What rule version 1 called repeats are reloads; repeats are something else since."""
    db.execute("update scans set scan_class = 'reload' where scan_class = 'repeat' and rule_version = 1")
    for table in ("rollup_placement_days", "rollup_product_location_days", "rollup_location_hours"):
        db.execute(f"update {table} set scan_class = 'reload' where scan_class = 'repeat'")  # noqa: S608 (names are ours)


@migrations()
def m0012_gate(db: Database) -> None:
    """Links asked lately, and versions published against the gate's advice."""
    _create(db, "link_checks", {"url": str, "state": str, "detail": str, "checked_at": str}, "url")
    override: Columns = {"product_id": int, "version": int, "at": str, "by": str, "reason": str, "failures": int}
    _create(db, "publish_overrides", override, ("product_id", "version"))


@migrations()
def m0010_sent(db: Database) -> None:
    """What shoppers send by a page's forms: answers, coupons taken, sign-ups, warranties; mail that waits to go."""
    whence: Columns = {"at": str, "product_id": int, "block_id": str, "version": int, "language": str}
    whence |= {"code": str, "placement_id": int, "location_id": int}
    places = ("placement_id", "location_id")
    _create(db, "survey_answers", {"id": int} | whence, "id", places, linked=False)
    choice: Columns = {"answer_id": int, "question": int, "choice": int, "text": str}
    _create(db, "survey_choices", choice, ("answer_id", "question", "choice"), linked=False)
    coupon: Columns = {"id": int, "product_id": int, "block_id": str, "coupon": str, "added_at": str, "given": int}
    _create(db, "coupon_codes", coupon | {"common": int}, "id", linked=False)
    db.table("coupon_codes").create_index(["product_id", "block_id", "coupon"], unique=True)
    _create(db, "coupon_givings", {"id": int, "coupon_id": int} | whence, "id", places, linked=False)
    sign_up: Columns = {"email": str, "consent": str, "confirmed_at": str, "left_at": str}
    _create(db, "sign_ups", {"id": int} | whence | sign_up, "id", (*places, "confirmed_at", "left_at"), linked=False)
    db.execute("create unique index sign_ups_email on sign_ups (product_id, block_id, email) where email <> ''")
    warranty: Columns = {"number": str, "serial": str, "lot": str, "bought_on": str, "shop": str, "email": str}
    warranty |= {"consent": str, "delete_on": str, "search_text": str}
    _create(db, "warranties", {"id": int} | whence | warranty, "id", (*places, "bought_on"), linked=False)
    db.table("warranties").create_index(["number"], unique=True)
    for name in ("survey_answers", "coupon_givings", "sign_ups", "warranties"):
        db.table(name).create_index(["product_id", "block_id", "id"])
    mail: Columns = {"id": int, "at": str, "due_at": str, "tries": int, "recipient": str, "message": str}
    _create(db, "outbox", mail, "id")
    _create(db, "personal_exports", {"id": int, "at": str, "by": str, "what": str, "rows": int}, "id")


@migrations()
def m0011_editor(db: Database) -> None:
    """What the page editor keeps: drafts put aside, times of texts, dates to publish, templates, who has it open."""
    db.table("pages").add_column("source", str, not_null_default="en")
    db.table("pages").add_column("editor", str, not_null_default="")
    db.table("page_texts").add_column("times", str, not_null_default="{}")
    draft: Columns = {"id": int, "product_id": int, "content": str, "at": str, "by": str, "why": str}
    _create(db, "page_drafts", draft, "id")
    db.table("page_drafts").create_index(["product_id"])
    due: Columns = {"id": int, "product_id": int, "what": str, "due_at": str, "content": str, "state": str, "told": str}
    _create(db, "page_schedules", due | {"at": str, "by": str, "done_at": str}, "id", ("done_at",))
    db.table("page_schedules").create_index(["product_id"])
    db.table("page_schedules").create_index(["state", "due_at"])
    _create(db, "page_templates", {"id": int, "name": str, "content": str, "at": str, "by": str}, "id")
    db.table("page_templates").create_index(["name"], unique=True)
    visit: Columns = {"product_id": int, "user_id": int, "name": str, "since": str, "seen_at": str}
    _create(db, "page_visits", visit, ("product_id", "user_id"))


@migrations()
def m0008_files(db: Database) -> None:
    """Documents, videos and captions."""
    _create(db, "files", {"id": str, "name": str, "kind": str, "size": int, "created_at": str}, "id")


@migrations()
def m0009_questions_and_reviews(db: Database) -> None:
    """What shoppers ask and what they think; no identity."""
    question: Columns = {"id": int, "product_id": int, "block_id": str, "language": str, "text": str, "folded": str}
    question |= {"state": str, "asked": int, "first_on": str, "last_on": str, "decided_at": str, "decided_by": str}
    _create(db, "questions", question, "id")
    db.table("questions").create_index(["product_id", "language", "folded"], unique=True)
    db.table("questions").create_index(["state"])
    review: Columns = {"id": int, "product_id": int, "block_id": str, "language": str, "stars": int, "text": str}
    review |= {"name": str, "folded": str, "search_text": str, "state": str, "held": str, "written_on": str}
    _create(db, "reviews", review | {"answer": str, "answered_on": str}, "id", ("answered_on",))
    db.table("reviews").create_index(["product_id", "state"])
    db.table("reviews").create_index(["state"])
    decision: Columns = {"id": int, "review_id": int, "at": str, "by": str, "state": str, "answer": str}
    _create(db, "review_decisions", decision, "id")
    db.table("review_decisions").create_index(["review_id"])


@migrations()
def m0007_actions(db: Database) -> None:
    """What people do on pages, and its counts."""
    day: Columns = {"day": str}
    where: Columns = {"product_id": int, "placement_id": int, "location_id": int, "stage": str}
    what: Columns = {"block": str, "block_type": str, "word": str}
    more: Columns = {"language": str, "device": str, "scan_class": str, "rule_version": int, "first": int}
    action = {"id": int, "at": str} | day | {"hour": int, "code": str} | where | what | more
    _create(db, "actions", action, "id", linked=False)
    db.table("actions").create_index(["placement_id", "at"])
    key = day | where | what | {"scan_class": str}
    _create(db, "rollup_action_days", key | {"actions": int, "firsts": int}, tuple(key), linked=False)


@migrations()
def m0013_designs(db: Database) -> None:
    """Label designs and their versions; print runs remember theirs."""
    design: Columns = {"id": int, "name": str, "version": int, "created_at": str, "created_by": str, "retired_at": str}
    _create(db, "designs", design, "id", ("retired_at",))
    db.execute("create unique index designs_name on designs (lower(name))")
    version: Columns = {"design_id": int, "version": int, "content": str, "at": str, "by": str}
    _create(db, "design_versions", version, ("design_id", "version"))
    db.table("print_runs").add_column("design", str, not_null_default="")
    db.table("print_runs").add_column("design_version", int, not_null_default=0)


@migrations()
def m0014_stocks(db: Database) -> None:
    """Sheets and rolls of one's own in versions, and printers' corrections; print runs remember how they lay."""
    stock: Columns = {"id": int, "name": str, "version": int, "created_at": str, "retired_at": str}
    _create(db, "stocks", stock, "id", ("retired_at",))
    db.execute("create unique index stocks_name on stocks (lower(name))")
    version: Columns = {"stock_id": int, "version": int, "measures": str, "at": str, "by": str}
    _create(db, "stock_versions", version, ("stock_id", "version"))
    printer: Columns = {"id": int, "name": str, "ruler_x_mm": float, "ruler_y_mm": float, "left_mm": float}
    printer |= {"top_mm": float, "dpi": int, "revision": int, "at": str, "by": str}
    _create(db, "printers", printer, "id")
    db.execute("create unique index printers_name on printers (lower(name))")
    db.table("print_runs").add_column("placed", str, not_null_default="")


@migrations()
def m0015_looks(db: Database) -> None:
    """Print runs remember how their symbols were made."""
    db.table("print_runs").add_column("look", str, not_null_default="")


@migrations()
def m0016_styles(db: Database) -> None:
    """Styles of symbols and their versions; print runs keep theirs whole."""
    style: Columns = {"id": int, "name": str, "version": int, "created_at": str, "created_by": str, "retired_at": str}
    _create(db, "styles", style, "id", ("retired_at",))
    db.execute("create unique index styles_name on styles (lower(name))")
    version: Columns = {"style_id": int, "version": int, "content": str, "at": str, "by": str}
    _create(db, "style_versions", version, ("style_id", "version"))


@migrations()
def m0017_ledger(db: Database) -> None:
    """What happened to a print run later, and its codes; rows of the ledger are added and never changed."""
    db.table("print_runs").add_column("is_sample", int, not_null_default=0)
    code: Columns = {"run_id": int, "code": str, "quantity": int}
    _create(db, "run_codes", code, ("run_id", "code"))
    db.table("run_codes").create_index(["code", "run_id"])
    event: Columns = {"id": int, "run_id": int, "kind": str, "at": str, "by": str, "done_on": str, "quantity": int}
    event |= {"text": str, "location_id": int, "undoes": int}
    _create(db, "run_events", event, "id", ("location_id", "undoes"))
    db.table("run_events").create_index(["run_id"])
    db.table("run_events").create_index(["undoes"], unique=True)
    db.table("print_runs").create_index(["created_at"])
    db.execute(FILL_RUN_CODES)
    for table, key in (("print_runs", "id"), ("run_codes", "run_id"), ("run_events", "id")):
        _keep(db, table, f"{key} = new.{key}" + (" and code = new.code" if table == "run_codes" else ""))


# As `fill_run_codes` in sql/runs.sql does it for a new run: a unit counts for its placement, whose code it begins with.
FILL_RUN_CODES = """
insert into run_codes (run_id, code, quantity)
select run_id, code, sum(labels / items + (place < labels % items))
from (
    select
        print_runs.id as run_id, substr(json_extract(item.value, '$.code'), 1, 10) as code, item.key as place,
        print_runs.labels,
        count(*) over (partition by print_runs.id) as items
    from print_runs, json_each(print_runs.items) as item
)
where code is not null
group by run_id, code
"""


def _keep(db: Database, table: str, same: str) -> None:
    """Refuse whatever would change a row of the ledger; it goes only while the ledger is open to be emptied."""
    refuse = f"begin select raise(abort, '{table} is a ledger: rows are added and never changed'); end"
    there, is_open = f"select 1 from {table} where {same}", "select 1 from notes where name = 'ledger_open'"  # noqa: S608 (names are ours)
    db.execute(f"create trigger {table}_no_update before update on {table} {refuse}")
    db.execute(f"create trigger {table}_no_replace before insert on {table} when exists ({there}) {refuse}")
    db.execute(f"create trigger {table}_no_delete before delete on {table} when not exists ({is_open}) {refuse}")


@migrations()
def m0018_units(db: Database) -> None:
    """Which serial numbers of a placement are given out, their codes' key, and scans counted by unit."""
    _create(db, "unit_series", {"placement_id": int, "key": str, "last": int}, "placement_id")
    given: Columns = {"id": int, "placement_id": int, "first": int, "last": int, "run_id": int, "at": str, "by": str}
    _create(db, "unit_ranges", given, "id", ("run_id",), linked=False)
    db.table("unit_ranges").create_index(["placement_id", "first"], unique=True)
    db.table("unit_ranges").create_index(["run_id"])
    count: Columns = {"placement_id": int, "number": int, "scans": int, "first_day": str, "last_day": str}
    _create(db, "unit_scans", count, ("placement_id", "number"), linked=False)
    db.table("unit_scans").create_index(["first_day"])


@migrations()
def m0019_lists(db: Database) -> None:
    """Lists of surveys and coupons find the pages that have one without reading any; the words are the statements'.

    The next code of a pool is found without looking at those that are gone, as in PostgreSQL.
    """
    for kind in ("survey", "coupon"):
        has = f"""content like '%%"type":"{kind}"%%'"""
        db.execute(f"create index page_versions_{kind} on page_versions (product_id, version) where {has}")
    db.execute("create index coupon_codes_left on coupon_codes (product_id, block_id, id) where given = 0")
    db.execute("""create index pages_coupon on pages (product_id) where blocks like '%%"type":"coupon"%%'""")


@migrations()
def m0020_unit_origins(db: Database) -> None:
    """Which address the codes of a range were given out with; empty where nobody wrote it down."""
    db.table("unit_ranges").add_column("origin", str, not_null_default="")
    printed = "select origin from print_runs where print_runs.id = unit_ranges.run_id"
    db.execute(f"update unit_ranges set origin = coalesce(({printed}), '')")  # noqa: S608 (words of our own)
