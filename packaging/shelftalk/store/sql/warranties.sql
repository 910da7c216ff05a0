-- name: add_warranty(number, serial, lot, bought_on, shop, email, consent, delete_on, search_text, at, product_id, block_id, version, language, code, placement_id, location_id)^
insert into warranties (
    number,
    serial,
    lot,
    bought_on,
    shop,
    email,
    consent,
    delete_on,
    search_text,
    at,
    product_id,
    block_id,
    version,
    language,
    code,
    placement_id,
    location_id
)
values (
    :number,
    :serial,
    :lot,
    :bought_on,
    :shop,
    :email,
    :consent,
    :delete_on,
    :search_text,
    :at,
    :product_id,
    :block_id,
    :version,
    :language,
    :code,
    :placement_id,
    :location_id
)
on conflict (number) do nothing
returning id;

-- name: delete_warranty(id)!
delete from warranties where id = :id;

-- name: list_warranties(pattern, product_id, limit, offset)
select *
from (
    select
        warranties.id,
        warranties.at,
        warranties.number,
        warranties.product_id,
        warranties.language,
        warranties.code,
        warranties.serial,
        warranties.lot,
        warranties.bought_on,
        warranties.shop,
        warranties.email,
        warranties.consent,
        warranties.version,
        warranties.delete_on,
        products.name as product_name,
        coalesce(locations.name, '') as location_name
    from warranties
    join products on products.id = warranties.product_id
    left join locations on locations.id = warranties.location_id
    where
        (:pattern = '' or warranties.search_text like :pattern escape '\')
        and (:product_id = 0 or warranties.product_id = :product_id)
) as found
order by {sort}
limit :limit offset :offset;

-- name: count_warranties(pattern, product_id)^
select count(*) as n
from warranties
where (:pattern = '' or search_text like :pattern escape '\') and (:product_id = 0 or product_id = :product_id);

-- name: list_warranty_products()
select distinct products.id, products.name
from warranties join products on products.id = warranties.product_id
order by products.name, products.id;

-- name: find_same_warranty(product_id, block_id, serial, lot, bought_on, shop, email, since)^
select number
from warranties
where
    product_id = :product_id
    and block_id = :block_id
    and serial = :serial
    and lot = :lot
    and coalesce(bought_on, '') = :bought_on
    and shop = :shop
    and email = :email
    and serial || lot || email <> ''
    and at > :since
order by id
limit 1;

-- name: count_mailed_warranties(email, since)^
select count(*) as n from warranties where email = :email and at > :since;
