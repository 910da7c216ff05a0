-- name: put_page_visit(product_id, user_id, name, at, stale)!
insert into page_visits (product_id, user_id, name, since, seen_at)
values (:product_id, :user_id, :name, :at, :at)
on conflict (product_id, user_id) do update
set
    name = excluded.name,
    since = case when page_visits.seen_at < :stale then excluded.since else page_visits.since end,
    seen_at = excluded.seen_at;

-- name: list_page_visits(product_id, user_id, stale)
select name, since
from page_visits
where product_id = :product_id and user_id <> :user_id and seen_at >= :stale
order by since;

-- name: end_page_visit(product_id, user_id)!
delete from page_visits where product_id = :product_id and user_id = :user_id;

-- name: drop_old_page_visits(stale)!
delete from page_visits where seen_at < :stale;
