-- name: add_design(name, at, by)^
insert into designs (name, version, created_at, created_by, retired_at)
values (:name, 0, :at, :by, null)
returning id;

-- name: add_design_version(design_id, version, content, at, by)!
insert into design_versions (design_id, version, content, at, by)
values (:design_id, :version, :content, :at, :by);

-- name: raise_design_version(id, version, name)^
update designs set version = :version, name = :name
where id = :id and version = :version - 1
returning id;

-- name: find_design_by_name(name)^
select id from designs where lower(name) = lower(:name);

-- name: rename_design(id, name)^
update designs set name = :name where id = :id returning id;

-- name: retire_design(id, at)^
update designs set retired_at = :at where id = :id returning id;

-- name: get_design(id)^
select
    d.id,
    d.name,
    d.version,
    d.created_at,
    d.retired_at,
    v.version as shown,
    v.content,
    v.at,
    v.by
from designs d
join design_versions v on v.design_id = d.id and v.version = d.version
where d.id = :id;

-- name: get_design_version(id, version)^
select
    d.id,
    d.name,
    d.version,
    d.created_at,
    d.retired_at,
    v.version as shown,
    v.content,
    v.at,
    v.by
from designs d
join design_versions v on v.design_id = d.id
where d.id = :id and v.version = :version;

-- name: list_designs()
select
    d.id,
    d.name,
    d.version,
    d.created_at,
    d.retired_at,
    v.version as shown,
    v.content,
    v.at,
    v.by
from designs d
join design_versions v on v.design_id = d.id and v.version = d.version
order by case when d.retired_at is null then 0 else 1 end, lower(d.name), d.id;

-- name: list_design_versions(design_id)
select version, at, by from design_versions where design_id = :design_id order by version desc;
