-- name: find_same_review(product_id, folded)^
select id from reviews where product_id = :product_id and folded = :folded limit 1;

-- name: add_review(product_id, block_id, language, stars, text, name, folded, search_text, held, on)^
insert into reviews (
    product_id, block_id, language, stars, text, name, folded, search_text, state, held, written_on, answer
)
values (
    :product_id, :block_id, :language, :stars, :text, :name, :folded, :search_text, 'waiting', :held, :on, ''
)
returning id;

-- name: get_review(id)^
select reviews.*, products.name as product_name, products.slug as product_slug
from reviews
join products on products.id = reviews.product_id
where reviews.id = :id;

-- name: list_reviews(pattern, product_id, stars, language, state, limit, offset)
select *
from (
    select
        reviews.*,
        products.name as product_name,
        products.slug as product_slug,
        case reviews.state when 'waiting' then 0 when 'published' then 1 else 2 end as state_rank
    from reviews
    join products on products.id = reviews.product_id
    where
        (:pattern = '' or reviews.search_text like :pattern escape '\' or products.search_text like :pattern escape '\')
        and (:product_id = 0 or reviews.product_id = :product_id)
        and (:stars = 0 or reviews.stars = :stars)
        and (:language = '' or reviews.language = :language)
        and (:state = '' or reviews.state = :state)
) as found
order by {sort}
limit :limit offset :offset;

-- name: count_reviews(pattern, product_id, stars, language, state)^
select count(*) as n
from reviews
join products on products.id = reviews.product_id
where
    (:pattern = '' or reviews.search_text like :pattern escape '\' or products.search_text like :pattern escape '\')
    and (:product_id = 0 or reviews.product_id = :product_id)
    and (:stars = 0 or reviews.stars = :stars)
    and (:language = '' or reviews.language = :language)
    and (:state = '' or reviews.state = :state);

-- name: set_review_state(id, state)!
update reviews set state = :state where id = :id;

-- name: set_review_answer(id, answer, on)!
update reviews set answer = :answer, answered_on = :on where id = :id;

-- name: add_review_decision(review_id, at, by, state, answer)!
insert into review_decisions (review_id, at, by, state, answer) values (:review_id, :at, :by, :state, :answer);

-- name: list_review_decisions(review_id)
select id, at, by, state, answer from review_decisions where review_id = :review_id order by id desc;

-- name: count_review_stars(product_id)
select stars, count(*) as n from reviews where product_id = :product_id and state = 'published' group by stars;

-- name: count_published_reviews(product_id, stars)^
select count(*) as n
from reviews
where product_id = :product_id and state = 'published' and (:stars = 0 or stars = :stars);

-- name: list_published_reviews(product_id, stars, language, limit, offset)
select *
from reviews
where product_id = :product_id and state = 'published' and (:stars = 0 or stars = :stars)
order by case when language = :language then 0 else 1 end, id desc
limit :limit offset :offset;

-- name: list_newest_reviews(product_id, limit)
select *
from (
    select reviews.*, row_number() over (partition by language order by id desc) as place
    from reviews
    where product_id = :product_id and state = 'published'
) as found
where place <= :limit
order by id desc;

-- name: count_waiting_reviews()^
select count(*) as n from reviews where state = 'waiting';

-- name: drop_review_decisions(review_id)!
delete from review_decisions where review_id = :review_id;

-- name: drop_review(id)!
delete from reviews where id = :id;
