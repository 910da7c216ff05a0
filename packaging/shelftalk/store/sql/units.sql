-- name: add_unit_series(placement_id, key)!
insert into unit_series (placement_id, key, last) values (:placement_id, :key, 0)
on conflict (placement_id) do nothing;

-- name: find_unit_series(placement_id)^
select placement_id, key, last from unit_series where placement_id = :placement_id;

-- name: take_units(placement_id, before, last)!
update unit_series set last = :last where placement_id = :placement_id and last = :before;

-- name: take_next_units(placement_id, count)^
update unit_series set last = last + :count where placement_id = :placement_id returning last;

-- name: add_unit_range(placement_id, first, last, run_id, at, by, origin)^
insert into unit_ranges (placement_id, first, last, run_id, at, by, origin)
values (:placement_id, :first, :last, :run_id, :at, :by, coalesce((select origin from print_runs where id = :run_id), :origin))
returning *;

-- name: get_unit_range(id)^
select * from unit_ranges where id = :id;

-- name: list_unit_ranges(placement_id, run_id, limit, offset)
select *
from unit_ranges
where (:placement_id = 0 or placement_id = :placement_id) and (:run_id = 0 or run_id = :run_id)
order by id desc
limit :limit offset :offset;

-- name: list_run_units(run_id)
select unit_ranges.placement_id, unit_ranges.first, unit_ranges.last, unit_series.key, codes.code
from unit_ranges
join unit_series on unit_series.placement_id = unit_ranges.placement_id
join codes on codes.placement_id = unit_ranges.placement_id
where unit_ranges.run_id = :run_id
order by unit_ranges.id;

-- name: count_units(placement_id, product_id, run_id)^
select coalesce(sum(last - first + 1), 0) as printed, count(*) as ranges
from unit_ranges
where
    (:placement_id = 0 or placement_id = :placement_id)
    and (:run_id = 0 or run_id = :run_id)
    and (:product_id = 0 or placement_id in (select id from placements where product_id = :product_id));

-- name: count_scanned_units(placement_id, product_id, run_id, often, apart)^
select
    count(*) as scanned,
    coalesce(sum(s.scans), 0) as scans,
    coalesce(sum(case when s.scans >= :often then 1 else 0 end), 0) as often,
    coalesce(
        sum(case when s.first_day <> '' and julianday(s.last_day) - julianday(s.first_day) >= :apart then 1 else 0 end), 0
    ) as again
from unit_ranges as r
join unit_scans as s on s.placement_id = r.placement_id and s.number between r.first and r.last
where
    (:placement_id = 0 or r.placement_id = :placement_id)
    and (:run_id = 0 or r.run_id = :run_id)
    and (:product_id = 0 or r.placement_id in (select id from placements where product_id = :product_id));

-- name: list_unusual_units(placement_id, after, often, apart, limit)
select number, scans, first_day, last_day
from unit_scans
where
    placement_id = :placement_id
    and number > :after
    and (
        scans >= :often
        or (first_day <> '' and julianday(last_day) - julianday(first_day) >= :apart)
    )
order by {sort}
limit :limit;

-- name: list_placements_with_units(product_id, limit, offset)
select
    unit_series.placement_id,
    codes.code,
    products.name as product_name,
    coalesce(locations.name, '') as location_name,
    placements.medium
from unit_series
join placements on placements.id = unit_series.placement_id
join codes on codes.placement_id = placements.id
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where unit_series.last > 0 and (:product_id = 0 or placements.product_id = :product_id)
order by products.name, unit_series.placement_id
limit :limit offset :offset;

-- name: count_placements_with_units(product_id)^
select count(*) as n
from unit_series
join placements on placements.id = unit_series.placement_id
where unit_series.last > 0 and (:product_id = 0 or placements.product_id = :product_id);

-- name: find_unit_place(code)^
select codes.placement_id, coalesce(locations.timezone, '') as timezone, unit_series.key, unit_series.last
from codes
join unit_series on unit_series.placement_id = codes.placement_id
join placements on placements.id = codes.placement_id
left join locations on locations.id = placements.location_id
where codes.code = :code;

-- name: add_unit_scans(placement_id, number, scans, first_day, last_day)!
insert into unit_scans (placement_id, number, scans, first_day, last_day)
values (:placement_id, :number, :scans, :first_day, :last_day)
on conflict (placement_id, number) do update
set
    scans = unit_scans.scans + excluded.scans,
    first_day = case
        when unit_scans.first_day <> '' and unit_scans.first_day < excluded.first_day then unit_scans.first_day
        else excluded.first_day
    end,
    last_day = case
        when unit_scans.last_day > excluded.last_day then unit_scans.last_day
        else excluded.last_day
    end;

-- name: list_unit_series()
select unit_series.placement_id, unit_series.key, unit_series.last, codes.code
from unit_series
join codes on codes.placement_id = unit_series.placement_id;

-- name: raise_unit_series(key, code, last)!
insert into unit_series (placement_id, key, last)
select placement_id, :key, :last from codes where code = :code
on conflict (placement_id) do update
set last = excluded.last
where unit_series.key = excluded.key and unit_series.last < excluded.last;

-- name: forget_unit_days(day, limit)!
update unit_scans
set
    first_day = case when last_day < :day then '' else :day end,
    last_day = case when last_day < :day then '' else last_day end
where (placement_id, number) in (
    select placement_id, number from unit_scans where first_day <> '' and first_day < :day limit :limit
);

-- name: find_old_unit(day)^
select number from unit_scans where first_day <> '' and first_day < :day limit 1;

-- name: find_oldest_unit_day()^
select min(first_day) as day from unit_scans where first_day <> '';

-- name: erase_unit_scans(placement_id, from_day, to_day)!
delete from unit_scans
where
    placement_id = :placement_id and first_day <> '' and first_day <= :to_day and last_day >= :from_day;

-- name: drop_sample_unit_scans()!
delete from unit_scans
where placement_id in (
    select placements.id
    from placements join products on products.id = placements.product_id
    where products.is_sample = 1
);

-- name: drop_sample_unit_ranges()!
delete from unit_ranges
where placement_id in (
    select placements.id
    from placements join products on products.id = placements.product_id
    where products.is_sample = 1
);

-- name: drop_sample_unit_series()!
delete from unit_series
where placement_id in (
    select placements.id
    from placements join products on products.id = placements.product_id
    where products.is_sample = 1
);
