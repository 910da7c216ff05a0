-- Two takers at once each lock another row: neither waits, none gets the other's.

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
        for update skip locked
    )
returning id, coupon;
