-- name: list_waiting_pages()
select products.id, products.name
from products
join pages on pages.product_id = products.id
left join page_versions
    on page_versions.product_id = products.id and page_versions.version = products.published_version
where
    products.status <> 'retired'
    and (page_versions.version is null or pages.updated_at > page_versions.published_at)
    and exists (select 1 from page_texts where page_texts.product_id = products.id and page_texts.title <> '')
order by products.name, products.id;

-- name: find_link_check(url, since)^
select url, state, detail, checked_at from link_checks where url = :url and checked_at >= :since;

-- name: put_link_check(url, state, detail, at)!
insert into link_checks (url, state, detail, checked_at) values (:url, :state, :detail, :at)
on conflict (url) do update
set state = excluded.state, detail = excluded.detail, checked_at = excluded.checked_at;

-- name: add_override(product_id, version, by, reason, failures, at)!
insert into publish_overrides (product_id, version, at, by, reason, failures)
values (:product_id, :version, :at, :by, :reason, :failures);

-- name: list_overrides(product_id)
select version, at, by, reason, failures
from publish_overrides
where product_id = :product_id
order by version desc;
