-- name: add_stock(name, at)^
insert into stocks (name, version, created_at, retired_at) values (:name, 0, :at, null) returning id;

-- name: raise_stock_version(id, version, name)^
update stocks set version = :version, name = :name where id = :id and version = :version - 1 returning id;

-- name: add_stock_version(stock_id, version, measures, at, by)!
insert into stock_versions (stock_id, version, measures, at, by)
values (:stock_id, :version, :measures, :at, :by);

-- name: find_stock_by_name(name)^
select id from stocks where lower(name) = lower(:name);

-- name: retire_stock(id, at)^
update stocks set retired_at = :at where id = :id returning id;

-- name: find_stock(id)^
select s.id, s.name, s.version, s.retired_at, v.version as shown, v.measures, v.at, v.by
from stocks s
join stock_versions v on v.stock_id = s.id and v.version = s.version
where s.id = :id;

-- name: find_stock_version(id, version)^
select s.id, s.name, s.version, s.retired_at, v.version as shown, v.measures, v.at, v.by
from stocks s
join stock_versions v on v.stock_id = s.id
where s.id = :id and v.version = :version;

-- name: list_stocks()
select s.id, s.name, s.version, s.retired_at, v.version as shown, v.measures, v.at, v.by
from stocks s
join stock_versions v on v.stock_id = s.id and v.version = s.version
order by case when s.retired_at is null then 0 else 1 end, lower(s.name), s.id;
