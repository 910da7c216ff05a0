-- name: count_scanned_units(placement_id, product_id, run_id, often, apart)^
select
    count(*) as scanned,
    coalesce(sum(s.scans), 0) as scans,
    coalesce(sum(case when s.scans >= :often then 1 else 0 end), 0) as often,
    coalesce(
        sum(
            case
                when cast(nullif(s.last_day, '') as date) - cast(nullif(s.first_day, '') as date) >= :apart then 1
                else 0
            end
        ),
        0
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
        or cast(nullif(last_day, '') as date) - cast(nullif(first_day, '') as date) >= :apart
    )
order by {sort}
limit :limit;

-- name: add_unit_scans(placement_id, number, scans, first_day, last_day)!
insert into unit_scans (placement_id, number, scans, first_day, last_day)
select *
from unnest(
    cast(:placement_id as bigint []),
    cast(:number as bigint []),
    cast(:scans as bigint []),
    cast(:first_day as text []),
    cast(:last_day as text [])
)
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
