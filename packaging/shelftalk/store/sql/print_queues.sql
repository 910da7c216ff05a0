-- name: list_unprinted(today, limit, offset)
select
    placements.*,
    codes.code,
    products.name as product_name,
    products.slug as product_slug,
    products.colour as product_colour,
    coalesce(locations.name, '') as location_name,
    coalesce(locations.timezone, '') as timezone,
    case when products.published_version is null then 'draft' else 'live' end as status
from placements
join codes on codes.placement_id = placements.id
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where
    placements.retired_at is null
    and products.status <> 'retired'
    and (placements.removed_on is null or placements.removed_on > :today)
    and not exists (select 1 from run_codes where run_codes.code = codes.code)
order by products.name, locations.name, placements.id
limit :limit offset :offset;

-- name: list_unprinted_codes(today, limit)
select codes.code
from placements
join codes on codes.placement_id = placements.id
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where
    placements.retired_at is null
    and products.status <> 'retired'
    and (placements.removed_on is null or placements.removed_on > :today)
    and not exists (select 1 from run_codes where run_codes.code = codes.code)
order by products.name, locations.name, placements.id
limit :limit;

-- name: count_unprinted(today)^
select count(*) as n
from placements
join codes on codes.placement_id = placements.id
join products on products.id = placements.product_id
where
    placements.retired_at is null
    and products.status <> 'retired'
    and (placements.removed_on is null or placements.removed_on > :today)
    and not exists (select 1 from run_codes where run_codes.code = codes.code);

-- name: list_newest_prints(today, code)
select
    placements.id,
    codes.code,
    placements.product_id,
    placements.medium,
    placements.stage,
    placements.language,
    placements.call_to_action,
    products.name as product_name,
    products.brand,
    products.gtin,
    products.published_version,
    coalesce(locations.name, '') as location_name,
    newest.run_id
from (select code, max(run_id) as run_id from run_codes where :code = '' or code = :code group by code) as newest
join codes on codes.code = newest.code
join placements on placements.id = codes.placement_id
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where
    placements.retired_at is null
    and products.status <> 'retired'
    and (placements.removed_on is null or placements.removed_on > :today)
order by products.name, locations.name, placements.id;

-- name: list_newest_runs(code)
select id, origin, items, design, design_version
from print_runs
where id in (select max(run_id) from run_codes where :code = '' or code = :code group by code)
order by id;

-- name: list_draft_titles()
select product_id, language, title from page_texts where title <> '';

-- name: list_published_versions()
select products.id, products.published_version as version, page_versions.published_at
from products
join page_versions on page_versions.product_id = products.id and page_versions.version = products.published_version;

-- name: get_print_stamp()^
select
    (select coalesce(max(id), 0) from print_runs) as runs,
    (select coalesce(sum(revision), 0) from placements) as placements,
    (select count(*) from placements) as placed,
    (select coalesce(sum(revision), 0) from products) as products,
    (select coalesce(sum(published_version), 0) from products) as published,
    (select coalesce(sum(revision), 0) from pages) as pages,
    (select coalesce(sum(revision), 0) from locations) as locations,
    (select coalesce(sum(version), 0) from designs) as designs,
    (select count(*) from designs where retired_at is not null) as retired_designs,
    (select coalesce(max(value), '') from notes where name = 'shelf_version') as shelf;
