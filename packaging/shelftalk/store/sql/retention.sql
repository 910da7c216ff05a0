-- name: find_old_scan(day)^
select day from scans where day < :day limit 1;

-- name: drop_old_scans(day, limit)!
delete from scans
where day < :day and id in (select id from scans where day < :day order by id limit :limit);

-- name: find_oldest_day()^
select min(day) as day from scans;

-- name: take_scans(placement_id, code, from_day, to_day, from_at, to_at)
delete from scans
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and code = :code
    and day between :from_day and :to_day
returning
    at, day, hour, code, placement_id, product_id, location_id, stage, language, device, scan_class, rule_version,
    first_of_day;

-- name: count_window(placement_id, code, from_day, to_day, from_at, to_at)^
select count(*) as n
from scans
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and code = :code
    and day between :from_day and :to_day;

-- name: drop_empty_placement_days(placement_id, from_day, to_day)!
delete from rollup_placement_days
where placement_id = :placement_id and day between :from_day and :to_day and scans = 0 and first_scans = 0;

-- name: drop_empty_product_location_days(from_day, to_day)!
delete from rollup_product_location_days where day between :from_day and :to_day and scans = 0 and first_scans = 0;

-- name: drop_empty_location_hours(from_day, to_day)!
delete from rollup_location_hours where day between :from_day and :to_day and scans = 0 and first_scans = 0;

-- name: find_code(code)^
select placement_id from codes where code = :code;

-- name: add_erasure(at, by, code, from_day, to_day, scans)!
insert into erasures (at, by, code, from_day, to_day, scans)
values (:at, :by, :code, :from_day, :to_day, :scans);

-- name: list_erasures_since(at)
select id, at, code, from_day, to_day from erasures where at >= :at order by id;

-- name: add_to_erasure(id, scans)!
update erasures set scans = scans + :scans where id = :id;

-- name: list_erasures(limit)
select at, by, code, from_day, to_day, scans from erasures order by id desc limit :limit;

-- name: count_classes()
select scan_class, sum(scans) as scans from rollup_product_location_days group by scan_class order by scan_class;
