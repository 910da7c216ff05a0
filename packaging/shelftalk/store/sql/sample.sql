-- name: count_sample()^
select count(*) as n from products where is_sample = 1;

-- name: keep_used_locations()!
update locations
set is_sample = 0
where
    is_sample = 1
    and (
        id in (
            select placements.location_id
            from placements join products on products.id = placements.product_id
            where placements.location_id is not null and products.is_sample = 0
        )
        or id in (
            select run_events.location_id
            from run_events join print_runs on print_runs.id = run_events.run_id
            where run_events.location_id is not null and print_runs.is_sample = 0
        )
    );

-- name: take_sample_scans()
delete from scans
where product_id in (select id from products where is_sample = 1)
returning
    at, day, hour, code, placement_id, product_id, location_id, stage, language, device, scan_class, rule_version,
    first_of_day;

-- name: drop_sample_actions()!
delete from actions where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_action_days()!
delete from rollup_action_days where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_placement_days()!
delete from rollup_placement_days
where placement_id in (
    select placements.id
    from placements join products on products.id = placements.product_id
    where products.is_sample = 1
);

-- name: drop_sample_product_location_days()!
delete from rollup_product_location_days where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_location_hours()!
delete from rollup_location_hours
where
    not exists (
        select 1
        from rollup_product_location_days as own
        where
            own.day = rollup_location_hours.day
            and own.location_id = rollup_location_hours.location_id
            and own.scan_class = rollup_location_hours.scan_class
    )
    or (scans = 0 and first_scans = 0);

-- name: drop_sample_codes()!
delete from codes
where placement_id in (
    select placements.id
    from placements join products on products.id = placements.product_id
    where products.is_sample = 1
);

-- name: list_sample_codes()
select codes.code
from codes
join placements on placements.id = codes.placement_id
join products on products.id = placements.product_id
where products.is_sample = 1;

-- name: drop_sample_placements()!
delete from placements where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_questions()!
delete from questions where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_review_decisions()!
delete from review_decisions
where review_id in (
    select reviews.id
    from reviews join products on products.id = reviews.product_id
    where products.is_sample = 1
);

-- name: drop_sample_reviews()!
delete from reviews where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_publish_overrides()!
delete from publish_overrides where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_page_visits()!
delete from page_visits where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_page_schedules()!
delete from page_schedules where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_page_drafts()!
delete from page_drafts where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_page_versions()!
delete from page_versions where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_page_texts()!
delete from page_texts where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_pages()!
delete from pages where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_products()!
delete from products where is_sample = 1;

-- name: drop_sample_locations()!
delete from locations where is_sample = 1;
