"""Loads the sample brand into the store and takes it out again; a button and a command call the same functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue

from shelftalk import clock
from shelftalk.catalog.placement import Placement
from shelftalk.errors import Conflict
from shelftalk.sample.brand import SampleBrand, SamplePlacement, SampleProduct, list_images, load_brand, replace_images
from shelftalk.sample.doings import SampleAction, make_actions
from shelftalk.sample.offers import add_offers, load_offers
from shelftalk.sample.pictures import draw_picture
from shelftalk.sample.prints import load_prints
from shelftalk.sample.traffic import SampleScan, make_traffic
from shelftalk.sample.voices import add_blocks, load_voices
from shelftalk.store import Db, actions, locations, media, pages, placements, products, scans, sent
from shelftalk.store import sample as sample_store
from shelftalk.web.forms import go_to, once, read_form
from shelftalk.web.media import accept_image
from shelftalk.web.run_files import drop_run_files
from shelftalk.web.sample_offers import add_sent
from shelftalk.web.sample_prints import add_prints
from shelftalk.web.sample_voices import add_voices
from shelftalk.web.security import requires
from shelftalk.web.state import State, state
from shelftalk.web.texts import _

bp = Blueprint("sample", __name__, url_prefix="/admin/sample")
DAYS = 90
RULE_VERSION = 0  # made up, not judged by any rule
Progress = Callable[[str], None]


@dataclass(frozen=True)
class LoadedSample:
    """What was loaded, in numbers."""

    products: int
    locations: int
    placements: int
    scans: int


@dataclass(frozen=True)
class _CodedScan:
    """A sample scan as the store takes it."""

    at: datetime
    code: str
    language: str
    device: str
    scan_class: str
    first_of_day: bool
    rule_version: int = RULE_VERSION


@dataclass(frozen=True)
class _CodedAction:
    """A sample action as the store takes it."""

    at: datetime
    code: str
    product_id: int
    block: str
    block_type: str
    word: str
    language: str
    device: str
    scan_class: str
    first: bool
    rule_version: int = RULE_VERSION


def _no_progress(_step: str) -> None:
    return None


def load_sample(state: State, progress: Progress = _no_progress) -> LoadedSample:
    """Load the sample brand with 90 days of scans, all or nothing; raises Conflict when it is there already."""
    voices, at = load_voices(), clock.now()
    offers = load_offers()
    brand = add_offers(add_blocks(load_brand(), voices), offers)
    progress("Drawing the pictures")
    pictures = _store_pictures(state, brand, at)
    with state.store.write() as db:
        if sample_store.has_sample(db):
            raise Conflict("The sample brand is loaded already. Remove it first to load it anew.")
        progress("Making products and pages")
        product_ids = {product.slug: _add_product(db, product, pictures, at) for product in brand.products}
        location_ids = _add_locations(db, brand, at)
        placed = {p.key: _add_placement(db, p, product_ids, location_ids, at) for p in brand.placements}
        add_voices(db, voices, product_ids, clock.today(state.settings.timezone), at)
        add_sent(db, offers, brand.placements, placed, product_ids, at, DAYS)
        progress("Adding 90 days of scans")
        traffic = list(make_traffic(brand.placements, at, DAYS))
        count = _add_scans(db, traffic, placed, state.settings.timezone)
        blocks = {product.slug: _list_blocks(product) for product in brand.products}
        _add_actions(db, make_actions(traffic, brand.placements, blocks, at), placed, state.settings.timezone)
        progress("Printing the labels")
        add_prints(state, db, load_prints(placed), placed, location_ids, at)
    progress("Putting the pages on the shelf")
    state.refresh_shelf()
    return LoadedSample(len(product_ids), len(location_ids), len(placed), count)


def _store_pictures(state: State, brand: SampleBrand, at: datetime) -> dict[str, str]:
    names = {product.picture for product in brand.products}
    names |= {name for product in brand.products for name in list_images(product.content)}
    ids = {}
    for name in sorted(names):
        picture = accept_image(draw_picture(name), f"{name}.png", state.media_folder)
        with state.store.write() as db:
            media.add_media(db, id=picture.id, name=picture.name, width=picture.width, height=picture.height, at=at)
        ids[name] = picture.id
    return ids


def _add_product(db: Db, sample: SampleProduct, pictures: Mapping[str, str], at: datetime) -> int:
    product = products.add_product(
        db,
        name=sample.name,
        brand=sample.brand,
        gtin=sample.gtin,
        photo=pictures[sample.picture],
        colour=sample.colour,
        at=at,
        is_sample=True,
    )
    content = replace_images(sample.content, pictures)
    pages.save_page(db, product.id, 1, content, by="", at=at)
    pages.publish_page(db, product.id, by="", at=at)
    return product.id


def _add_locations(db: Db, brand: SampleBrand, at: datetime) -> dict[str, int]:
    added = (
        locations.add_location(
            db,
            name=location.name,
            code=location.code,
            gln=location.gln,
            address=location.address,
            timezone=location.timezone,
            at=at,
            is_sample=True,
        )
        for location in brand.locations
    )
    return {location.code: location.id for location in added}


def _add_placement(
    db: Db, sample: SamplePlacement, product_ids: Mapping[str, int], location_ids: Mapping[str, int], at: datetime
) -> Placement:
    today = clock.local_hour(at, sample.timezone)[0]
    placement = placements.add_placement(
        db,
        product_id=product_ids[sample.product],
        medium=sample.medium,
        location_id=location_ids[sample.location] if sample.location else None,
        stage=sample.stage,
        language=sample.language,
        call_to_action=sample.call_to_action,
        note=sample.note,
        installed_on=_day_ago(today, sample.installed_days_ago),
        removed_on=_day_ago(today, sample.removed_days_ago),
        at=at,
        is_sample=True,
    )
    if sample.retired_days_ago is not None:
        placements.retire_placement(db, placement.id, at=at - timedelta(days=sample.retired_days_ago))
    return placement


def _day_ago(today: date, days: int | None) -> date | None:
    return None if days is None else clock.days_before(today, days)


def _add_scans(db: Db, made: Iterable[SampleScan], placed: Mapping[str, Placement], zone: str) -> int:
    coded = [
        _CodedScan(s.at, placed[s.placement].code, s.language, s.device, s.scan_class, s.first_of_day) for s in made
    ]
    scans.add_scans(db, coded, zone)
    return len(coded)


def _list_blocks(product: SampleProduct) -> list[tuple[str, str]]:
    return [(block.id, block.type) for block in product.content.blocks if not block.hidden]


def _add_actions(db: Db, made: Iterable[SampleAction], placed: Mapping[str, Placement], zone: str) -> None:
    coded = []
    for a in made:
        place = placed[a.placement]
        what = (a.block, a.block_type, a.word, a.language, a.device, a.scan_class, a.first)
        coded.append(_CodedAction(a.at, "" if a.shared else place.code, place.product_id, *what))
    actions.add_actions(db, coded, zone)


def remove_sample(state: State) -> None:
    """Take the sample brand out, with its scans; own work stays."""
    with state.store.write() as db:
        sent.drop_sample_sent(db)
        removed = sample_store.remove_sample(db)
    for run_id in removed.run_ids:
        drop_run_files(state.settings.instance / "runs", run_id)
    state.refresh_shelf(full=True)


@bp.post("/load")
@requires("marketer")
def load() -> ResponseReturnValue:
    form = read_form()
    with once(form) as earlier:
        if earlier:
            return earlier
        loaded = load_sample(state())
        flash(
            _(
                "The sample brand is here: {products} products, {placements} placements, {scans} scans.",
                products=loaded.products,
                placements=loaded.placements,
                scans=loaded.scans,
            ),
            "success",
        )
        return form.done("/admin/")


@bp.post("/remove")
@requires("marketer")
def remove() -> ResponseReturnValue:
    remove_sample(state())
    flash(_("The sample brand is gone. Your own products, places and numbers stayed as they were."), "success")
    return go_to("/admin/")
