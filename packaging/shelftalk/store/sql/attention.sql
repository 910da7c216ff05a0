-- name: get_progress()^
select
    (select count(*) from products) as products,
    (select count(*) from products where published_version is not null) as published,
    (select count(*) from products where is_sample = 0) as own_products,
    (
        select count(distinct page_texts.product_id)
        from page_texts join products on products.id = page_texts.product_id
        where page_texts.title <> '' and products.is_sample = 0
    ) as own_pages,
    (select count(*) from locations where is_sample = 0) as own_locations,
    (select count(*) from placements where is_sample = 0) as own_placements,
    (select count(*) from print_runs where is_sample = 0) as runs,
    (
        select count(*)
        from (
            select 1 as one
            from placements join rollup_placement_days on rollup_placement_days.placement_id = placements.id
            where placements.is_sample = 0
            limit 1
        ) as found
    ) as own_scans;

-- name: list_unpublished(limit)
select id, name, count(*) over () as total
from products
where status = 'draft'
order by created_at, id
limit :limit;

-- name: list_incomplete_pages(limit)
select
    products.id,
    products.name,
    count(*) over () as total
from products
left join page_texts on page_texts.product_id = products.id and page_texts.title <> ''
where products.status = 'live'
group by products.id, products.name
having count(page_texts.language) < (select count(distinct language) from page_texts where title <> '')
order by products.name, products.id
limit :limit;

-- name: list_written_languages()
select distinct language from page_texts where title <> '';

-- name: list_product_languages(product_id)
select language from page_texts where title <> '' and product_id = :product_id;

-- name: list_outdated_texts(source, limit)
select
    products.id,
    products.name,
    page_texts.language,
    sources.updated_at as changed_at,
    count(*) over () as total
from page_texts
join page_texts as sources on sources.product_id = page_texts.product_id and sources.language = :source
join products on products.id = page_texts.product_id
where
    page_texts.language <> :source
    and page_texts.title <> ''
    and products.status = 'live'
    and page_texts.updated_at < sources.updated_at
order by sources.updated_at desc, products.id, page_texts.language
limit :limit;

-- name: get_place(placement_id)^
select
    placements.id,
    codes.code,
    placements.product_id,
    placements.location_id,
    placements.medium,
    placements.stage,
    placements.installed_on,
    placements.removed_on,
    products.name as product_name,
    coalesce(locations.name, '') as location_name,
    coalesce(locations.timezone, '') as timezone,
    case
        when placements.retired_at is not null or products.status = 'retired' then 'retired'
        when products.published_version is null then 'draft'
        else 'live'
    end as status
from placements
join codes on codes.placement_id = placements.id
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where placements.id = :placement_id;

-- name: list_new_displays(from_day, to_day, product_id, location_id, limit)
select
    placements.installed_on as day,
    products.name as product_name,
    coalesce(locations.name, '') as location_name
from placements
join products on products.id = placements.product_id
left join locations on locations.id = placements.location_id
where
    placements.medium = 'display'
    and placements.installed_on between :from_day and :to_day
    and (:product_id = 0 or placements.product_id = :product_id)
    and (:location_id = -1 or coalesce(placements.location_id, 0) = :location_id)
order by placements.installed_on, placements.id
limit :limit;

-- name: list_quiet_placements(from_day, to_day, today, limit)
select id, last_day
from (
    select
        placements.id,
        (
            select max(rollup_placement_days.day)
            from rollup_placement_days
            where rollup_placement_days.placement_id = placements.id and rollup_placement_days.scan_class = 'person'
        ) as last_day
    from placements
    join products on products.id = placements.product_id
    where
        products.status = 'live'
        and placements.retired_at is null
        and (placements.removed_on is null or placements.removed_on > :today)
) as found
where last_day between :from_day and :to_day
order by last_day desc, id
limit :limit;
