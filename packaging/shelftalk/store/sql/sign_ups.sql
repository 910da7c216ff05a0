-- name: find_sign_up_by_email(product_id, block_id, email)^
select * from sign_ups where product_id = :product_id and block_id = :block_id and email = :email;

-- name: find_sign_up(id)^
select * from sign_ups where id = :id;

-- name: add_sign_up(at, product_id, block_id, version, language, code, placement_id, location_id, email, consent)^
insert into sign_ups (
    at, product_id, block_id, version, language, code, placement_id, location_id, email, consent
)
values (
    :at, :product_id, :block_id, :version, :language, :code, :placement_id, :location_id, :email, :consent
)
returning *;

-- name: renew_sign_up(id, at, product_id, block_id, version, language, code, placement_id, location_id, consent)^
update sign_ups
set
    at = :at,
    version = :version,
    language = :language,
    code = :code,
    placement_id = :placement_id,
    location_id = :location_id,
    consent = :consent
where id = :id and product_id = :product_id and block_id = :block_id
returning *;

-- name: confirm_sign_up(id, at)!
update sign_ups set confirmed_at = :at where id = :id and confirmed_at is null and email <> '';

-- name: leave_sign_up(id, at)!
update sign_ups
set left_at = :at, email = '', consent = '', code = '', placement_id = null, location_id = null
where id = :id and email <> '';

-- name: delete_sign_up(id)!
delete from sign_ups where id = :id;

-- name: list_sign_ups(pattern, product_id, language, status, limit, offset)
select *
from (
    select
        sign_ups.id,
        sign_ups.at,
        sign_ups.product_id,
        sign_ups.block_id,
        sign_ups.version,
        sign_ups.language,
        sign_ups.code,
        sign_ups.email,
        sign_ups.consent,
        sign_ups.confirmed_at,
        products.name as product_name,
        coalesce(locations.name, '') as location_name
    from sign_ups
    join products on products.id = sign_ups.product_id
    left join locations on locations.id = sign_ups.location_id
    where
        sign_ups.email <> ''
        and (:pattern = '' or sign_ups.email like :pattern escape '\')
        and (:product_id = 0 or sign_ups.product_id = :product_id)
        and (:language = '' or sign_ups.language = :language)
        and (:status = 'all' or (sign_ups.confirmed_at is null) = (:status = 'waiting'))
) as found
order by {sort}
limit :limit offset :offset;

-- name: count_sign_ups(pattern, product_id, language, status)^
select count(*) as n
from sign_ups
where
    email <> ''
    and (:pattern = '' or email like :pattern escape '\')
    and (:product_id = 0 or product_id = :product_id)
    and (:language = '' or language = :language)
    and (:status = 'all' or (confirmed_at is null) = (:status = 'waiting'));

-- name: tally_sign_ups()^
select
    coalesce(sum(case when email <> '' and confirmed_at is not null then 1 else 0 end), 0) as confirmed,
    coalesce(sum(case when email <> '' and confirmed_at is null then 1 else 0 end), 0) as waiting,
    coalesce(sum(case when email = '' then 1 else 0 end), 0) as gone
from sign_ups;

-- name: list_sign_up_products()
select distinct products.id, products.name
from sign_ups join products on products.id = sign_ups.product_id
where sign_ups.email <> ''
order by products.name, products.id;

-- name: add_personal_export(at, by, what, rows)!
insert into personal_exports (at, by, what, rows) values (:at, :by, :what, :rows);

-- name: list_personal_exports(what, limit)
select at, by, rows from personal_exports where what = :what order by id desc limit :limit;
