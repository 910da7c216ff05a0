-- name: add_run(at, by, stock, origin, start, copies, labels, sheets, sha256, items, proof, design, design_version, placed, look, is_sample)^
insert into print_runs (
    created_at, created_by, stock, origin, start, copies, labels, sheets, sha256, items, proof,
    design, design_version, placed, look, is_sample
)
values (
    :at, :by, :stock, :origin, :start, :copies, :labels, :sheets, :sha256, :items, :proof, :design, :design_version,
    :placed, :look, :is_sample
)
returning *;

-- name: fill_run_codes(first, last)!
insert into run_codes (run_id, code, quantity)
select run_id, code, sum(coalesce(units, labels / items + (place < labels % items)))
from (
    select
        print_runs.id as run_id,
        substr(json_extract(item.value, '$.code'), 1, 10) as code,
        length(json_extract(item.value, '$.suffixes')) / 8 as units,
        item.key as place,
        print_runs.labels,
        count(*) over (partition by print_runs.id) as items
    from print_runs, json_each(print_runs.items) as item
    where print_runs.id between :first and :last
)
where code is not null
group by run_id, code;

-- name: get_run(id)^
select * from print_runs where id = :id;

-- name: list_runs(by, stock, versions, product_id, location_id, code, from_at, to_at, limit, offset)
with listed as (
    select id, created_at, created_by, stock, labels, sheets, design, design_version, proof
    from print_runs
    where
        (:by = '' or created_by = :by)
        and (:stock = '' or stock = :stock or stock like :versions)
        and (:from_at = '' or created_at >= :from_at)
        and (:to_at = '' or created_at < :to_at)
        and (:code = '' or id in (select run_id from run_codes where run_codes.code = :code))
        and (
            :product_id = 0
            or id in (
                select run_codes.run_id
                from placements
                join codes on codes.placement_id = placements.id
                join run_codes on run_codes.code = codes.code
                where placements.product_id = :product_id
            )
        )
        and (
            :location_id = 0
            or id in (
                select run_codes.run_id
                from placements
                join codes on codes.placement_id = placements.id
                join run_codes on run_codes.code = codes.code
                where placements.location_id = :location_id
            )
            or id in (select run_events.run_id from run_events where run_events.location_id = :location_id)
        )
    order by {sort} limit :limit offset :offset
)
select
    listed.*,
    (select count(*) from run_codes where run_codes.run_id = listed.id) as codes,
    (
        select coalesce(sum(e.quantity), 0) from run_events e
        where e.run_id = listed.id and e.kind = 'shipped'
            and not exists (select 1 from run_events u where u.undoes = e.id)
    ) as shipped,
    (
        select coalesce(sum(e.quantity), 0) from run_events e
        where e.run_id = listed.id and e.kind = 'spoiled'
            and not exists (select 1 from run_events u where u.undoes = e.id)
    ) as spoiled
from listed
order by {sort};

-- name: count_matching_runs(by, stock, versions, product_id, location_id, code, from_at, to_at)^
select count(*) as n
from print_runs
where
    (:by = '' or created_by = :by)
    and (:stock = '' or stock = :stock or stock like :versions)
    and (:from_at = '' or created_at >= :from_at)
    and (:to_at = '' or created_at < :to_at)
    and (:code = '' or id in (select run_id from run_codes where run_codes.code = :code))
    and (
        :product_id = 0
        or id in (
            select run_codes.run_id
            from placements
            join codes on codes.placement_id = placements.id
            join run_codes on run_codes.code = codes.code
            where placements.product_id = :product_id
        )
    )
    and (
        :location_id = 0
        or id in (
            select run_codes.run_id
            from placements
            join codes on codes.placement_id = placements.id
            join run_codes on run_codes.code = codes.code
            where placements.location_id = :location_id
        )
        or id in (select run_events.run_id from run_events where run_events.location_id = :location_id)
    );

-- name: count_runs()^
select count(*) as n from print_runs;

-- name: list_run_people()
select distinct created_by from print_runs order by created_by;

-- name: list_run_stocks()
select distinct stock from print_runs order by stock;

-- name: list_run_codes(run_id)
select run_codes.code, run_codes.quantity, codes.placement_id
from run_codes left join codes on codes.code = run_codes.code
where run_codes.run_id = :run_id
order by run_codes.code;

-- name: list_code_runs(code)
select print_runs.id, print_runs.created_at, print_runs.created_by, print_runs.stock, run_codes.quantity
from run_codes join print_runs on print_runs.id = run_codes.run_id
where run_codes.code = :code
order by print_runs.id desc;

-- name: list_sample_runs()
select id from print_runs where is_sample = 1 order by id;

-- name: drop_sample_run_events()!
delete from run_events where run_id in (select id from print_runs where is_sample = 1);

-- name: drop_sample_run_codes()!
delete from run_codes where run_id in (select id from print_runs where is_sample = 1);

-- name: drop_sample_print_runs()!
delete from print_runs where is_sample = 1;
