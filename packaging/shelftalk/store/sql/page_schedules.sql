-- name: add_page_schedule(product_id, what, due_at, content, by, at)^
insert into page_schedules (product_id, what, due_at, content, state, told, at, by)
values (:product_id, :what, :due_at, :content, 'waiting', '', :at, :by)
returning id, product_id, what, due_at, state, told, at, by, done_at;

-- name: list_page_schedules(product_id)
select id, product_id, what, due_at, state, told, at, by, done_at
from page_schedules
where product_id = :product_id
order by case when state = 'waiting' then 0 else 1 end, due_at desc, id desc
limit 50;

-- name: list_due_schedules(now)
select id, product_id, what, due_at, state, told, at, by, done_at
from page_schedules
where state = 'waiting' and due_at <= :now
order by due_at, id;

-- name: take_schedule(id, state, at)^
update page_schedules
set state = :state, done_at = :at
where id = :id and state = 'waiting'
returning id;

-- name: cancel_schedule(product_id, id, at)^
update page_schedules
set state = 'cancelled', done_at = :at
where product_id = :product_id and id = :id and state = 'waiting'
returning id;

-- name: get_schedule_content(id)^
select content from page_schedules where id = :id;

-- name: fail_schedule(id, told)!
update page_schedules set state = 'failed', told = :told where id = :id;

-- name: dismiss_schedules(product_id)!
update page_schedules set state = 'seen' where product_id = :product_id and state = 'failed';

-- name: list_failed_schedules(limit)
select
    page_schedules.id,
    page_schedules.product_id,
    products.name,
    page_schedules.what,
    page_schedules.due_at,
    page_schedules.told
from page_schedules join products on products.id = page_schedules.product_id
where page_schedules.state = 'failed'
order by page_schedules.due_at desc
limit :limit;
