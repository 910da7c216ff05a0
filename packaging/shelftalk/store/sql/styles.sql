-- name: add_style(name, at, by)^
insert into styles (name, version, created_at, created_by, retired_at)
values (:name, 0, :at, :by, null)
returning id;

-- name: add_style_version(style_id, version, content, at, by)!
insert into style_versions (style_id, version, content, at, by)
values (:style_id, :version, :content, :at, :by);

-- name: raise_style_version(id, version, name)^
update styles set version = :version, name = :name
where id = :id and version = :version - 1
returning id;

-- name: find_style_by_name(name)^
select id from styles where lower(name) = lower(:name);

-- name: rename_style(id, name)^
update styles set name = :name where id = :id returning id;

-- name: retire_style(id, at)^
update styles set retired_at = :at where id = :id returning id;

-- name: get_style(id)^
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
from styles d
join style_versions v on v.style_id = d.id and v.version = d.version
where d.id = :id;

-- name: get_style_version(id, version)^
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
from styles d
join style_versions v on v.style_id = d.id
where d.id = :id and v.version = :version;

-- name: list_styles()
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
from styles d
join style_versions v on v.style_id = d.id and v.version = d.version
order by case when d.retired_at is null then 0 else 1 end, lower(d.name), d.id;

-- name: list_style_versions(style_id)
select version, at, by from style_versions where style_id = :style_id order by version desc;
