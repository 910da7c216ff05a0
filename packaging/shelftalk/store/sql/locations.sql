-- name: add_location(name, code, gln, address, timezone, search_text, is_sample, at)^
insert into locations (
    name, code, gln, address, timezone, search_text, is_sample, revision, created_at, updated_at
)
values (:name, :code, :gln, :address, :timezone, :search_text, :is_sample, 1, :at, :at)
returning *;

-- name: get_location(id)^
select * from locations where id = :id;

-- name: find_location_by_code(code)^
select * from locations where code = :code;

-- name: update_location(id, revision, name, code, gln, address, timezone, search_text, at)^
update locations
set
    name = :name,
    code = :code,
    gln = :gln,
    address = :address,
    timezone = :timezone,
    search_text = :search_text,
    revision = revision + 1,
    updated_at = :at
where id = :id and revision = :revision
returning *;

-- name: list_locations(pattern, limit, offset)
select *
from locations
where :pattern = '' or {match locations}
order by {sort}
limit :limit offset :offset;

-- name: count_locations(pattern)^
select count(*) as n
from locations
where :pattern = '' or {match locations};
