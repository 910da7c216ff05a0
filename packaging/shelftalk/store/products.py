"""Products: the record that page, label and report share."""

from __future__ import annotations

from datetime import datetime

from shelftalk.catalog.languages import fold_text
from shelftalk.catalog.page import make_content
from shelftalk.catalog.product import Product, make_slug
from shelftalk.errors import Conflict, Invalid
from shelftalk.store import pages
from shelftalk.store.db import Db
from shelftalk.store.notes import next_version
from shelftalk.store.rows import Listing, ListQuery, make_param, make_record
from shelftalk.store.search import index_product, make_pattern

SORTS = {"name": "name", "brand": "brand", "status": "status", "updated_at": "updated_at", "gtin": "gtin"}


def add_product(
    db: Db, *, name: str, brand: str, gtin: str, photo: str, colour: str, at: datetime, is_sample: bool = False
) -> Product:
    """Add a product with an empty page and an address of its own."""
    _check_gtin(db, gtin, product_id=0)
    row = db.get(
        "add_product",
        slug=_make_free_slug(db, name),
        name=name,
        brand=brand,
        gtin=gtin,
        photo=photo,
        colour=colour,
        search_text=fold_text(f"{name} {brand} {gtin}"),
        is_sample=int(is_sample),
        changed_in=next_version(db),
        at=make_param(at),
    )
    product = make_record(Product, row)
    pages.add_page(db, product.id, make_content(), at=at)
    return product


def _make_free_slug(db: Db, name: str) -> str:
    stem = make_slug(name) or "product"
    slug, number = stem, 1
    while db.value("count_slugs", slug=slug):
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _check_gtin(db: Db, gtin: str, product_id: int) -> None:
    taken = [row for row in db.list("find_product_by_gtin", gtin=gtin) if row["id"] != product_id] if gtin else []
    if taken:
        raise Invalid(
            "gtin",
            "“{value}” is the GTIN of “{product}” already. Each product has its own: compare it with the pack.",
            value=gtin,
            product=taken[0]["name"],
        )


def get_product(db: Db, product_id: int) -> Product:
    """The product with this id; raises NotFound."""
    return make_record(Product, db.get("get_product", id=product_id))


def find_product_by_slug(db: Db, slug: str) -> Product | None:
    """The product with this address, or None."""
    row = db.find("find_product_by_slug", slug=slug)
    return make_record(Product, row) if row else None


def update_product(
    db: Db, product_id: int, revision: int, *, name: str, brand: str, gtin: str, photo: str, colour: str, at: datetime
) -> Product:
    """Change a product; raises Conflict when somebody saved it after `revision`. Its address stays."""
    _check_gtin(db, gtin, product_id)
    row = db.find(
        "update_product",
        id=product_id,
        revision=revision,
        name=name,
        brand=brand,
        gtin=gtin,
        photo=photo,
        colour=colour,
        search_text="",
        changed_in=next_version(db),
        at=make_param(at),
    )
    if row is None:
        current = get_product(db, product_id)
        raise Conflict(
            "“{name}” was changed by somebody else while you edited it. Nothing was overwritten.", name=current.name
        )
    index_product(db, product_id)
    return make_record(Product, row)


def retire_product(db: Db, product_id: int, *, at: datetime) -> Product:
    """Take a product off sale: its codes answer with a page of their own."""
    return _set_status(db, product_id, "retired", at)


def restore_product(db: Db, product_id: int, *, at: datetime) -> Product:
    """Bring a retired product back: live when it was ever published, else a draft."""
    published = get_product(db, product_id).published_version
    return _set_status(db, product_id, "live" if published else "draft", at)


def _set_status(db: Db, product_id: int, status: str, at: datetime) -> Product:
    row = db.get("set_product_status", id=product_id, status=status, changed_in=next_version(db), at=make_param(at))
    return make_record(Product, row)


def list_products(db: Db, query: ListQuery) -> Listing[Product]:
    """One page of the products that match; filter: status."""
    params = {"pattern": make_pattern(query.search), "status": query.filter("status")}
    rows = db.list("list_products", query.order(SORTS, "name"), limit=query.per_page, offset=query.offset, **params)
    total = int(db.value("count_products", **params))
    return Listing([make_record(Product, row) for row in rows], total, query.page, query.per_page)


def list_changed_products(db: Db, version: int) -> list[Product]:
    """The products whose shelf entry changed after a version."""
    return [make_record(Product, row) for row in db.list("list_products_changed_since", version=version)]
