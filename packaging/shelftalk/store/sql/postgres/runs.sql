-- name: fill_run_codes(first, last)!
insert into run_codes (run_id, code, quantity)
select
    run_id,
    code,
    sum(coalesce(units, labels / items + case when place <= mod(labels, items) then 1 else 0 end))
from (
    select
        print_runs.id as run_id,
        substr(item.value ->> 'code', 1, 10) as code,
        length(item.value ->> 'suffixes') / 8 as units,
        item.place,
        print_runs.labels,
        count(*) over (partition by print_runs.id) as items
    from print_runs, json_array_elements(print_runs.items::json) with ordinality as item (value, place)
    where print_runs.id between :first and :last
) as printed
where code is not null
group by run_id, code;
