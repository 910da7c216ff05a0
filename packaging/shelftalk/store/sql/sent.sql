-- name: list_survey_holders(pattern, limit, offset)
select products.id as product_id, products.name as product_name, products.status, products.published_version as version
from products
where
    (:pattern = '' or products.search_text like :pattern escape '\')
    and (
        (products.id, products.published_version) in (
            select product_id, version from page_versions where content like '%%"type":"survey"%%'
        )
        or exists (select 1 from survey_answers where survey_answers.product_id = products.id)
    )
order by products.name, products.id
limit :limit offset :offset;

-- name: count_survey_holders(pattern)^
select count(*) as n
from products
where
    (:pattern = '' or products.search_text like :pattern escape '\')
    and (
        (products.id, products.published_version) in (
            select product_id, version from page_versions where content like '%%"type":"survey"%%'
        )
        or exists (select 1 from survey_answers where survey_answers.product_id = products.id)
    );

-- name: list_coupon_holders(pattern, limit, offset)
select products.id as product_id, products.name as product_name, products.status, products.published_version as version
from products
where
    (:pattern = '' or products.search_text like :pattern escape '\')
    and (
        (products.id, products.published_version) in (
            select product_id, version from page_versions where content like '%%"type":"coupon"%%'
        )
        or products.id in (select product_id from pages where blocks like '%%"type":"coupon"%%')
        or exists (select 1 from coupon_codes where coupon_codes.product_id = products.id)
    )
order by products.name, products.id
limit :limit offset :offset;

-- name: count_coupon_holders(pattern)^
select count(*) as n
from products
where
    (:pattern = '' or products.search_text like :pattern escape '\')
    and (
        (products.id, products.published_version) in (
            select product_id, version from page_versions where content like '%%"type":"coupon"%%'
        )
        or products.id in (select product_id from pages where blocks like '%%"type":"coupon"%%')
        or exists (select 1 from coupon_codes where coupon_codes.product_id = products.id)
    );

-- name: find_holder(product_id)^
select id as product_id, name as product_name, status, published_version as version
from products
where id = :product_id;

-- name: find_product_name(id)^
select name from products where id = :id;

-- name: erase_survey_choices(code, from_at, to_at)!
delete from survey_choices
where answer_id in (select id from survey_answers where code = :code and at between :from_at and :to_at);

-- name: erase_survey_answers(code, from_at, to_at)!
delete from survey_answers where code = :code and at between :from_at and :to_at;

-- name: erase_coupon_givings(code, from_at, to_at)!
delete from coupon_givings where code = :code and at between :from_at and :to_at;

-- name: erase_sign_ups(code, from_at, to_at)!
delete from sign_ups where code = :code and at between :from_at and :to_at;

-- name: erase_warranties(code, from_at, to_at)!
delete from warranties where code = :code and at between :from_at and :to_at;

-- name: drop_old_texts(at)!
delete from survey_choices
where text <> '' and answer_id in (select id from survey_answers where at < :at);

-- name: drop_old_givings(at)!
delete from coupon_givings where at < :at;

-- name: drop_unconfirmed(at)!
delete from sign_ups where confirmed_at is null and at < :at;

-- name: drop_old_warranties(day)!
delete from warranties where delete_on <= :day;

-- name: drop_old_mail(at)!
delete from outbox where at < :at;

-- name: drop_old_exports(at)!
delete from personal_exports where at < :at;

-- name: drop_sample_survey_choices()!
delete from survey_choices
where
    answer_id in (
        select survey_answers.id
        from survey_answers join products on products.id = survey_answers.product_id
        where products.is_sample = 1
    );

-- name: drop_sample_survey_answers()!
delete from survey_answers where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_coupon_givings()!
delete from coupon_givings where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_coupon_codes()!
delete from coupon_codes where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_sign_ups()!
delete from sign_ups where product_id in (select id from products where is_sample = 1);

-- name: drop_sample_warranties()!
delete from warranties where product_id in (select id from products where is_sample = 1);
