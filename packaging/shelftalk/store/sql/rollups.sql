-- name: list_cells(from_day, to_day, product_id, location_id)
select
    product_id,
    location_id,
    scan_class,
    sum(scans) as scans,
    sum(first_scans) as first_scans
from rollup_product_location_days
where
    day between :from_day and :to_day
    and (:product_id = 0 or product_id = :product_id)
    and (:location_id = -1 or location_id = :location_id)
group by product_id, location_id, scan_class
order by product_id, location_id, scan_class;

-- name: list_days(from_day, to_day, product_id, location_id)
select
    day,
    scan_class,
    sum(scans) as scans,
    sum(first_scans) as first_scans
from rollup_product_location_days
where
    day between :from_day and :to_day
    and (:product_id = 0 or product_id = :product_id)
    and (:location_id = -1 or location_id = :location_id)
group by day, scan_class
order by day, scan_class;

-- name: list_placement_totals(from_day, to_day, product_id, location_id)
select
    rollup_placement_days.placement_id,
    rollup_placement_days.scan_class,
    sum(rollup_placement_days.scans) as scans,
    sum(rollup_placement_days.first_scans) as first_scans
from rollup_placement_days
join placements on placements.id = rollup_placement_days.placement_id
where
    rollup_placement_days.day between :from_day and :to_day
    and (:product_id = 0 or placements.product_id = :product_id)
    and (:location_id = -1 or coalesce(placements.location_id, 0) = :location_id)
group by rollup_placement_days.placement_id, rollup_placement_days.scan_class
order by rollup_placement_days.placement_id, rollup_placement_days.scan_class;

-- name: list_placement_days(from_day, to_day, placement_id)
select
    day,
    scan_class,
    scans,
    first_scans
from rollup_placement_days
where day between :from_day and :to_day and placement_id = :placement_id
order by day, scan_class;

-- name: list_hours(from_day, to_day, location_id)
select
    day,
    hour,
    scan_class,
    sum(scans) as scans,
    sum(first_scans) as first_scans
from rollup_location_hours
where
    day between :from_day and :to_day
    and (:location_id = -1 or location_id = :location_id)
group by day, hour, scan_class
order by day, hour, scan_class;

-- name: get_counted_days()^
select
    (select min(day) from rollup_product_location_days) as first_day,
    (select max(day) from rollup_product_location_days) as last_day;

-- name: list_product_names()
select id, name, slug, colour from products order by name, id;

-- name: list_location_names()
select id, name, timezone from locations order by name, id;
