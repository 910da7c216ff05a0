-- name: add_product(slug, name, brand, gtin, photo, colour, search_text, is_sample, changed_in, at)^
insert into products (
    slug, name, brand, gtin, photo, colour, status, changed_in,
    search_text, is_sample, revision, created_at, updated_at
)
values (
    :slug, :name, :brand, :gtin, :photo, :colour, 'draft', :changed_in,
    :search_text, :is_sample, 1, :at, :at
)
returning *;

-- name: get_product(id)^
select * from products where id = :id;

-- name: find_product_by_slug(slug)^
select * from products where slug = :slug;

-- name: find_product_by_gtin(gtin)^
select * from products where gtin = :gtin order by id;

-- name: count_slugs(slug)^
select count(*) as n from products where slug = :slug;

-- name: update_product(id, revision, name, brand, gtin, photo, colour, search_text, changed_in, at)^
update products
set
    name = :name,
    brand = :brand,
    gtin = :gtin,
    photo = :photo,
    colour = :colour,
    search_text = :search_text,
    changed_in = :changed_in,
    revision = revision + 1,
    updated_at = :at
where id = :id and revision = :revision
returning *;

-- name: set_product_status(id, status, changed_in, at)^
update products
set status = :status, changed_in = :changed_in, updated_at = :at
where id = :id
returning *;

-- name: set_product_search(id, search_text)!
update products set search_text = :search_text where id = :id;

-- name: list_products(pattern, status, limit, offset)
select *
from products
where
    (:pattern = '' or {match products})
    and (:status = '' or status = :status)
order by {sort}
limit :limit offset :offset;

-- name: count_products(pattern, status)^
select count(*) as n
from products
where
    (:pattern = '' or {match products})
    and (:status = '' or status = :status);

-- name: list_product_titles(product_id)
select title from page_texts where product_id = :product_id order by language;

-- name: list_products_changed_since(version)
select * from products where changed_in > :version order by id;
