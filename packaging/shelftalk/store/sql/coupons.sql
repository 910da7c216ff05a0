-- name: add_coupon(product_id, block_id, coupon, at)!
insert into coupon_codes (product_id, block_id, coupon, added_at, given, common)
values (:product_id, :block_id, :coupon, :at, 0, 0)
on conflict (product_id, block_id, coupon) do nothing;

-- name: count_coupons(product_id, block_id)^
select
    count(*) as total,
    coalesce(sum(case when given = 0 then 1 else 0 end), 0) as remaining,
    (
        select max(at) from coupon_givings
        where coupon_givings.product_id = :product_id and coupon_givings.block_id = :block_id
    ) as last_at
from coupon_codes
where product_id = :product_id and block_id = :block_id and common = 0;

-- name: list_pools(product_id)
select
    block_id,
    sum(case when common = 0 then 1 else 0 end) as total,
    sum(case when common = 0 and given = 0 then 1 else 0 end) as remaining,
    sum(given) as given
from coupon_codes
where product_id = :product_id
group by block_id
order by block_id;

-- name: take_coupon(product_id, block_id)^
update coupon_codes
set given = 1
where
    id = (
        select id
        from coupon_codes
        where product_id = :product_id and block_id = :block_id and given = 0 and common = 0
        order by id
        limit 1
    )
returning id, coupon;

-- name: take_common_coupon(product_id, block_id, coupon, at)^
insert into coupon_codes (product_id, block_id, coupon, added_at, given, common)
values (:product_id, :block_id, :coupon, :at, 1, 1)
on conflict (product_id, block_id, coupon) do update
set given = coupon_codes.given + 1, common = 1
returning id, coupon;

-- name: add_giving(coupon_id, at, product_id, block_id, version, language, code, placement_id, location_id)^
insert into coupon_givings (
    coupon_id, at, product_id, block_id, version, language, code, placement_id, location_id
)
values (:coupon_id, :at, :product_id, :block_id, :version, :language, :code, :placement_id, :location_id)
returning id;

-- name: find_coupon(id, product_id, block_id)^
select coupon from coupon_codes where id = :id and product_id = :product_id and block_id = :block_id and given > 0;

-- name: drop_coupons_left(product_id, block_id)!
delete from coupon_codes
where product_id = :product_id and block_id = :block_id and given = 0 and common = 0;

-- name: list_givings(product_id, block_id)
select
    coupon_codes.coupon,
    coupon_givings.at,
    coupon_givings.language,
    coupon_givings.code,
    coalesce(locations.name, '') as location_name
from coupon_givings
join coupon_codes on coupon_codes.id = coupon_givings.coupon_id
left join locations on locations.id = coupon_givings.location_id
where coupon_givings.product_id = :product_id and coupon_givings.block_id = :block_id
order by coupon_givings.id desc;

-- name: list_giving_places(product_id, block_id)
select
    coupon_givings.code,
    coalesce(coupon_givings.placement_id, 0) as placement_id,
    coalesce(locations.name, '') as location_name,
    count(*) as n
from coupon_givings left join locations on locations.id = coupon_givings.location_id
where coupon_givings.product_id = :product_id and coupon_givings.block_id = :block_id
group by coupon_givings.code, coalesce(coupon_givings.placement_id, 0), coalesce(locations.name, '')
order by count(*) desc, coupon_givings.code;
