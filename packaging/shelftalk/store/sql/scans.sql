-- name: list_code_places()
select
    codes.code,
    placements.id as placement_id,
    placements.product_id,
    placements.location_id,
    placements.stage,
    coalesce(locations.timezone, '') as timezone
from codes
join placements on placements.id = codes.placement_id
left join locations on locations.id = placements.location_id;

-- name: find_code_place(code)^
select
    codes.code,
    placements.id as placement_id,
    placements.product_id,
    placements.location_id,
    placements.stage,
    coalesce(locations.timezone, '') as timezone
from codes
join placements on placements.id = codes.placement_id
left join locations on locations.id = placements.location_id
where codes.code = :code;

-- name: list_positions(node)
select segment, position from spool_positions where node = :node;

-- name: put_position(node, segment, position)!
insert into spool_positions (node, segment, position) values (:node, :segment, :position)
on conflict (node, segment) do update set position = excluded.position;

-- name: forget_position(node, segment)!
delete from spool_positions where node = :node and segment = :segment;

-- name: add_placement_days(placement_id, day, scan_class, scans, first_scans)!
insert into rollup_placement_days (placement_id, day, scan_class, scans, first_scans)
values (:placement_id, :day, :scan_class, :scans, :first_scans)
on conflict (placement_id, day, scan_class) do update
set
    scans = rollup_placement_days.scans + excluded.scans,
    first_scans = rollup_placement_days.first_scans + excluded.first_scans;

-- name: add_product_location_days(day, product_id, location_id, scan_class, scans, first_scans)!
insert into rollup_product_location_days (day, product_id, location_id, scan_class, scans, first_scans)
values (:day, :product_id, :location_id, :scan_class, :scans, :first_scans)
on conflict (day, product_id, location_id, scan_class) do update
set
    scans = rollup_product_location_days.scans + excluded.scans,
    first_scans = rollup_product_location_days.first_scans + excluded.first_scans;

-- name: add_location_hours(day, hour, location_id, scan_class, scans, first_scans)!
insert into rollup_location_hours (day, hour, location_id, scan_class, scans, first_scans)
values (:day, :hour, :location_id, :scan_class, :scans, :first_scans)
on conflict (day, hour, location_id, scan_class) do update
set
    scans = rollup_location_hours.scans + excluded.scans,
    first_scans = rollup_location_hours.first_scans + excluded.first_scans;

-- name: count_scans()^
select count(*) as n from scans;

-- name: list_scans(placement_id, product_id, location_id, from_day, to_day, scan_class, limit, offset)
select id, at, day, hour, code, placement_id, language, device, scan_class, first_of_day
from scans
where
    day between :from_day and :to_day
    and (:placement_id = 0 or placement_id = :placement_id)
    and (:product_id = 0 or product_id = :product_id)
    and (:location_id = -1 or coalesce(location_id, 0) = :location_id)
    and (:scan_class = '' or scan_class = :scan_class)
order by at desc, id desc
limit :limit offset :offset;

-- name: drop_placement_days()!
delete from rollup_placement_days;

-- name: drop_product_location_days()!
delete from rollup_product_location_days;

-- name: drop_location_hours()!
delete from rollup_location_hours;

-- name: fill_placement_days()!
insert into rollup_placement_days (placement_id, day, scan_class, scans, first_scans)
select placement_id, day, scan_class, count(*), sum(first_of_day)
from scans
group by placement_id, day, scan_class;

-- name: fill_product_location_days()!
insert into rollup_product_location_days (day, product_id, location_id, scan_class, scans, first_scans)
select day, product_id, coalesce(location_id, 0), scan_class, count(*), sum(first_of_day)
from scans
group by day, product_id, coalesce(location_id, 0), scan_class;

-- name: fill_location_hours()!
insert into rollup_location_hours (day, hour, location_id, scan_class, scans, first_scans)
select day, hour, coalesce(location_id, 0), scan_class, count(*), sum(first_of_day)
from scans
group by day, hour, coalesce(location_id, 0), scan_class;

-- name: rename_scans()!
update scans set scan_class = 'reload' where scan_class = 'repeat' and rule_version = 1;

-- name: rename_placement_days()!
update rollup_placement_days set scan_class = 'reload' where scan_class = 'repeat';

-- name: rename_product_location_days()!
update rollup_product_location_days set scan_class = 'reload' where scan_class = 'repeat';

-- name: rename_location_hours()!
update rollup_location_hours set scan_class = 'reload' where scan_class = 'repeat';
