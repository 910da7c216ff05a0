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
