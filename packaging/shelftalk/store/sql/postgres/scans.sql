-- The rollups' additions, each parameter a list: one statement for a whole batch.

-- name: add_placement_days(placement_id, day, scan_class, scans, first_scans)!
insert into rollup_placement_days (placement_id, day, scan_class, scans, first_scans)
select *
from unnest(
    cast(:placement_id as bigint []),
    cast(:day as text []),
    cast(:scan_class as text []),
    cast(:scans as bigint []),
    cast(:first_scans as bigint [])
)
on conflict (placement_id, day, scan_class) do update
set
    scans = rollup_placement_days.scans + excluded.scans,
    first_scans = rollup_placement_days.first_scans + excluded.first_scans;

-- name: add_product_location_days(day, product_id, location_id, scan_class, scans, first_scans)!
insert into rollup_product_location_days (day, product_id, location_id, scan_class, scans, first_scans)
select *
from unnest(
    cast(:day as text []),
    cast(:product_id as bigint []),
    cast(:location_id as bigint []),
    cast(:scan_class as text []),
    cast(:scans as bigint []),
    cast(:first_scans as bigint [])
)
on conflict (day, product_id, location_id, scan_class) do update
set
    scans = rollup_product_location_days.scans + excluded.scans,
    first_scans = rollup_product_location_days.first_scans + excluded.first_scans;

-- name: add_location_hours(day, hour, location_id, scan_class, scans, first_scans)!
insert into rollup_location_hours (day, hour, location_id, scan_class, scans, first_scans)
select *
from unnest(
    cast(:day as text []),
    cast(:hour as integer []),
    cast(:location_id as bigint []),
    cast(:scan_class as text []),
    cast(:scans as bigint []),
    cast(:first_scans as bigint [])
)
on conflict (day, hour, location_id, scan_class) do update
set
    scans = rollup_location_hours.scans + excluded.scans,
    first_scans = rollup_location_hours.first_scans + excluded.first_scans;
