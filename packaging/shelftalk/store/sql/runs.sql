-- name: add_run(at, by, stock, origin, start, copies, labels, sheets, sha256, items, proof, design, design_version, placed, look)^
insert into print_runs (
    created_at, created_by, stock, origin, start, copies, labels, sheets, sha256, items, proof,
    design, design_version, placed, look
)
values (
    :at, :by, :stock, :origin, :start, :copies, :labels, :sheets, :sha256, :items, :proof, :design, :design_version,
    :placed, :look
)
returning *;

-- name: get_run(id)^
select * from print_runs where id = :id;

-- name: list_runs(limit, offset)
select * from print_runs order by {sort} limit :limit offset :offset;

-- name: count_runs()^
select count(*) as n from print_runs;
