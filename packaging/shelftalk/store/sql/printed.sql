-- name: list_printed(from_day, to_day, until, product_id, location_id)
with
gone as (
    select run_id, sum(quantity) as quantity
    from run_events
    where
        kind = 'spoiled'
        and not exists (select 1 from run_events as later where later.undoes = run_events.id)
    group by run_id
),
printed as (
    select
        codes.placement_id,
        sum(run_codes.quantity * (1.0 - coalesce(gone.quantity, 0) * 1.0 / print_runs.labels)) as labels,
        min(substr(print_runs.created_at, 1, 10)) as first_on
    from run_codes
    join print_runs on print_runs.id = run_codes.run_id
    join codes on codes.code = run_codes.code
    left join gone on gone.run_id = run_codes.run_id
    where print_runs.created_at < :until and print_runs.labels > 0
    group by codes.placement_id
)
select
    printed.placement_id,
    placements.product_id,
    coalesce(placements.location_id, 0) as location_id,
    placements.medium,
    codes.code,
    printed.labels,
    printed.first_on,
    coalesce(
        (
            select sum(days.scans)
            from rollup_placement_days as days
            where
                days.placement_id = printed.placement_id
                and days.day between :from_day and :to_day
                and days.day >= printed.first_on
                and days.scan_class in ('person', 'repeat')
        ),
        0
    ) as scans
from printed
join placements on placements.id = printed.placement_id
join codes on codes.placement_id = placements.id
where
    (:product_id = 0 or placements.product_id = :product_id)
    and (:location_id = -1 or coalesce(placements.location_id, 0) = :location_id)
order by printed.placement_id;
