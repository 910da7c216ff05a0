-- name: add_page(product_id, blocks, at)!
insert into pages (product_id, blocks, revision, updated_at, updated_by)
values (:product_id, :blocks, 1, :at, '');

-- name: get_page(product_id)^
select * from pages where product_id = :product_id;

-- name: list_page_texts(product_id)
select language, texts, times from page_texts where product_id = :product_id order by language;

-- name: update_page(product_id, revision, blocks, source, editor, by, at)^
update pages
set
    blocks = :blocks,
    source = case when :source = '' then source else :source end,
    editor = :editor,
    revision = revision + 1,
    updated_at = :at,
    updated_by = :by
where product_id = :product_id and revision = :revision
returning *;

-- name: put_page_text(product_id, language, title, texts, times, at)!
insert into page_texts (product_id, language, title, texts, times, updated_at)
values (:product_id, :language, :title, :texts, :times, :at)
on conflict (product_id, language) do update
set
    title = excluded.title,
    times = excluded.times,
    updated_at = case when page_texts.texts = excluded.texts then page_texts.updated_at else excluded.updated_at end,
    texts = excluded.texts;

-- name: add_page_version(product_id, content, by, at)^
insert into page_versions (product_id, version, content, published_at, published_by)
select :product_id, coalesce(max(version), 0) + 1, :content, :at, :by
from page_versions
where product_id = :product_id
returning version;

-- name: set_published(id, version, changed_in, at)!
update products
set status = 'live', published_version = :version, changed_in = :changed_in, updated_at = :at
where id = :id;

-- name: set_text_times(product_id, language, times)!
update page_texts set times = :times where product_id = :product_id and language = :language;

-- name: set_unpublished(id, changed_in, at)^
update products
set status = 'draft', published_version = null, changed_in = :changed_in, updated_at = :at
where id = :id and status = 'live'
returning id;

-- name: mark_product_changed(id, changed_in)!
update products set changed_in = :changed_in where id = :id;

-- name: get_published(product_id)^
select page_versions.content
from products
join page_versions on page_versions.product_id = products.id and page_versions.version = products.published_version
where products.id = :product_id;

-- name: get_page_version(product_id, version)^
select version, content, published_at, published_by
from page_versions
where product_id = :product_id and version = :version;

-- name: add_page_draft(product_id, content, by, at, why)^
insert into page_drafts (product_id, content, at, by, why)
values (:product_id, :content, :at, :by, :why)
returning id;

-- name: list_page_drafts(product_id)
select id, content, at, by, why from page_drafts where product_id = :product_id order by id desc;

-- name: get_page_draft(product_id, id)^
select id, content, at, by, why from page_drafts where product_id = :product_id and id = :id;

-- name: drop_old_page_drafts(product_id, keep)!
delete from page_drafts
where
    product_id = :product_id
    and id not in (select id from page_drafts where product_id = :product_id order by id desc limit :keep);

-- name: list_page_versions(product_id)
select version, published_at, published_by
from page_versions
where product_id = :product_id
order by version desc;
