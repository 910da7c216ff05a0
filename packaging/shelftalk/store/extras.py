"""What a page shows besides its own words, such as reviews: read once when the page is rendered, by kind of block."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shelftalk.catalog.page import Block, PageContent
from shelftalk.store.db import Db
from shelftalk.store.files import load_files

Extras = Mapping[str, object]  # block id -> what its template finds as `block.extra`
Loader = Callable[[Db, int, Block], object]  # (db, product id, block)
LOADERS: dict[str, Loader] = {}
WITH_FILES = ("video", "documents")  # these find their files by id


def load_extras(db: Db, product_id: int, content: PageContent) -> Extras:
    """What the blocks of a page ask for; nothing for hidden ones."""
    shown = [block for block in content.blocks if not block.hidden and block.type in LOADERS]
    extras: dict[str, object] = {block.id: LOADERS[block.type](db, product_id, block) for block in shown}
    filed = [block for block in content.blocks if not block.hidden and block.type in WITH_FILES]
    return extras | {block.id: load_files(db, content, block) for block in filed}
