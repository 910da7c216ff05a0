-- name: add_event(run_id, kind, at, by, done_on, quantity, text, location_id, undoes)^
insert into run_events (run_id, kind, at, by, done_on, quantity, text, location_id, undoes)
values (:run_id, :kind, :at, :by, :done_on, :quantity, :text, :location_id, :undoes)
returning id;

-- name: get_event(id)^
select
    run_events.*,
    coalesce(locations.name, '') as location_name,
    exists (select 1 from run_events as later where later.undoes = run_events.id) as undone
from run_events left join locations on locations.id = run_events.location_id
where run_events.id = :id;

-- name: list_events(run_id)
select
    run_events.*,
    coalesce(locations.name, '') as location_name,
    exists (select 1 from run_events as later where later.undoes = run_events.id) as undone
from run_events left join locations on locations.id = run_events.location_id
where run_events.run_id = :run_id
order by run_events.id;

-- name: sum_events(run_id)
select kind, sum(quantity) as quantity
from run_events
where
    run_id = :run_id
    and not exists (select 1 from run_events as later where later.undoes = run_events.id)
group by kind;

-- name: get_run_labels(id)^
select labels from print_runs where id = :id;

-- name: hold_run(id)^
select id from print_runs where id = :id;
