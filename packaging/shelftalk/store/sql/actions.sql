-- name: list_product_ids()
select id from products;

-- name: add_action_days(day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, actions, firsts)!
insert into rollup_action_days (
    day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, actions, firsts
)
values (
    :day, :product_id, :placement_id, :location_id, :stage, :block, :block_type, :word, :scan_class, :actions, :firsts
)
on conflict (day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class) do update
set
    actions = rollup_action_days.actions + excluded.actions,
    firsts = rollup_action_days.firsts + excluded.firsts;

-- name: drop_action_days()!
delete from rollup_action_days;

-- name: fill_action_days()!
insert into rollup_action_days (
    day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, actions, firsts
)
select
    day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, count(*), sum(first)
from actions
group by day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class;

-- name: count_actions()^
select count(*) as n from actions;

-- name: find_old_action(day)^
select day from actions where day < :day limit 1;

-- name: drop_old_actions(day, limit)!
delete from actions
where day < :day and id in (select id from actions where day < :day order by id limit :limit);

-- name: find_oldest_action_day()^
select min(day) as day from actions;

-- name: take_actions(placement_id, code, from_day, to_day, from_at, to_at)
delete from actions
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and code = :code
    and day between :from_day and :to_day
returning
    at, day, hour, code, placement_id, product_id, location_id, stage, block, block_type, word, language, device,
    scan_class, rule_version, first;

-- name: drop_empty_action_days(placement_id, from_day, to_day)!
delete from rollup_action_days
where placement_id = :placement_id and day between :from_day and :to_day and actions = 0 and firsts = 0;

-- name: list_action_totals(from_day, to_day, product_id, location_id)
select
    product_id,
    placement_id,
    block,
    block_type,
    word,
    scan_class,
    sum(actions) as actions,
    sum(firsts) as firsts
from rollup_action_days
where
    day between :from_day and :to_day
    and (:product_id = 0 or product_id = :product_id)
    and (:location_id = -1 or location_id = :location_id)
group by product_id, placement_id, block, block_type, word, scan_class
order by product_id, placement_id, block, word, scan_class;

-- name: list_placement_stages()
select id, product_id, stage from placements;
