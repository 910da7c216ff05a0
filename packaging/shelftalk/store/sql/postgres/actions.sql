-- The rollup's addition, each parameter a list: one statement for a whole batch.

-- name: add_action_days(day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, actions, firsts)!
insert into rollup_action_days (
    day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class, actions, firsts
)
select *
from unnest(
    cast(:day as text []),
    cast(:product_id as bigint []),
    cast(:placement_id as bigint []),
    cast(:location_id as bigint []),
    cast(:stage as text []),
    cast(:block as text []),
    cast(:block_type as text []),
    cast(:word as text []),
    cast(:scan_class as text []),
    cast(:actions as bigint []),
    cast(:firsts as bigint [])
)
on conflict (day, product_id, placement_id, location_id, stage, block, block_type, word, scan_class) do update
set
    actions = rollup_action_days.actions + excluded.actions,
    firsts = rollup_action_days.firsts + excluded.firsts;
