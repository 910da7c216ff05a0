-- name: add_placement(product_id, medium, location_id, stage, language, call_to_action, note, installed_on, removed_on, is_sample, changed_in, at)^
insert into placements (
    product_id, medium, location_id, stage, language, call_to_action, note, installed_on, removed_on,
    changed_in, search_text, is_sample, revision, created_at, updated_at
)
values (
    :product_id, :medium, :location_id, :stage, :language, :call_to_action, :note, :installed_on, :removed_on,
    :changed_in, '', :is_sample, 1, :at, :at
)
returning id;

-- name: add_code(code, placement_id, at)!
insert into codes (code, placement_id, created_at) values (:code, :placement_id, :at)
on conflict (code) do nothing;

-- name: get_placement(id)^
select placements.*, codes.code
from placements join codes on codes.placement_id = placements.id
where placements.id = :id;

-- name: find_placement_by_code(code)^
select placements.*, codes.code
from placements join codes on codes.placement_id = placements.id
where codes.code = :code;

-- name: update_placement(id, revision, medium, location_id, stage, language, call_to_action, note, installed_on, removed_on, changed_in, at)^
update placements
set
    medium = :medium,
    location_id = :location_id,
    stage = :stage,
    language = :language,
    call_to_action = :call_to_action,
    note = :note,
    installed_on = :installed_on,
    removed_on = :removed_on,
    changed_in = :changed_in,
    revision = revision + 1,
    updated_at = :at
where id = :id and revision = :revision
returning id;

-- name: set_placement_retired(id, retired_at, changed_in, at)!
update placements
set retired_at = :retired_at, changed_in = :changed_in, updated_at = :at, revision = revision + 1
where id = :id;

-- name: get_placement_words(id)^
select
    products.search_text as product_words,
    locations.search_text as location_words,
    codes.code,
    placements.note
from placements
join products on products.id = placements.product_id
join codes on codes.placement_id = placements.id
left join locations on locations.id = placements.location_id
where placements.id = :id;

-- name: set_placement_search(id, search_text)!
update placements set search_text = :search_text where id = :id;

-- name: list_placement_ids(product_id)
select id from placements where product_id = :product_id;

-- name: list_location_placement_ids(location_id)
select id from placements where location_id = :location_id;

-- name: list_placements(pattern, product_id, location_id, medium, stage, status, limit, offset)
select *
from (
    select
        placements.*,
        codes.code,
        products.name as product_name,
        products.slug as product_slug,
        products.colour as product_colour,
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
    where
        (:pattern = '' or {match placements})
        and (:product_id = 0 or placements.product_id = :product_id)
        and (:location_id = -1 or coalesce(placements.location_id, 0) = :location_id)
        and (:medium = '' or placements.medium = :medium)
        and (:stage = '' or placements.stage = :stage)
) as found
where :status = '' or status = :status
order by {sort}
limit :limit offset :offset;

-- name: count_placements(pattern, product_id, location_id, medium, stage, status)^
select count(*) as n
from placements
join products on products.id = placements.product_id
where
    (:pattern = '' or {match placements})
    and (:product_id = 0 or placements.product_id = :product_id)
    and (:location_id = -1 or coalesce(placements.location_id, 0) = :location_id)
    and (:medium = '' or placements.medium = :medium)
    and (:stage = '' or placements.stage = :stage)
    and (
        :status = ''
        or :status = case
            when placements.retired_at is not null or products.status = 'retired' then 'retired'
            when products.published_version is null then 'draft'
            else 'live'
        end
    );

-- name: list_targets_since(version)
select
    codes.code,
    placements.id as placement_id,
    products.id as product_id,
    products.slug,
    case
        when placements.retired_at is not null or products.status = 'retired' then 'retired'
        when products.published_version is null then 'draft'
        else 'page'
    end as kind
from codes
join placements on placements.id = codes.placement_id
join products on products.id = placements.product_id
where placements.changed_in > :version or products.changed_in > :version
order by codes.code;

-- name: list_retired_product_ids()
select distinct product_id from placements where retired_at is not null;
