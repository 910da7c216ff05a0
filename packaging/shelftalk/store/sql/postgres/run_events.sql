-- name: hold_run(id)^
select id from print_runs where id = :id for update;
