-- name: find_question(product_id, language, folded)^
select id from questions where product_id = :product_id and language = :language and folded = :folded;

-- name: count_open_questions(product_id)^
select count(*) as n from questions where product_id = :product_id and state = 'open';

-- name: count_all_open_questions()^
select count(*) as n from questions where state = 'open';

-- name: add_question(product_id, block_id, language, text, folded, day, at)^
insert into questions (
    product_id, block_id, language, text, folded, state, asked, first_on, last_on, decided_at, decided_by
)
values (:product_id, :block_id, :language, :text, :folded, 'open', 1, :day, :day, '', '')
on conflict (product_id, language, folded) do update
set
    block_id = excluded.block_id,
    asked = questions.asked + 1,
    last_on = excluded.last_on,
    state = case
        when
            questions.state = 'answered' and exists (
                select 1
                from page_versions
                where
                    page_versions.product_id = excluded.product_id
                    and page_versions.published_at >= questions.decided_at
                    and page_versions.published_at <= :at
            ) then 'open'
        else questions.state
    end
returning id;

-- name: get_question(id)^
select
    questions.*,
    products.name as product_name,
    products.slug as product_slug,
    products.status as product_status
from questions
join products on products.id = questions.product_id
where questions.id = :id;

-- name: list_questions(pattern, product_id, language, state, limit, offset)
select *
from (
    select
        questions.*,
        products.name as product_name,
        products.slug as product_slug,
        products.status as product_status,
        case questions.state when 'open' then 0 when 'answered' then 1 else 2 end as state_rank
    from questions
    join products on products.id = questions.product_id
    where
        (:pattern = '' or questions.folded like :pattern escape '\' or products.search_text like :pattern escape '\')
        and (:product_id = 0 or questions.product_id = :product_id)
        and (:language = '' or questions.language = :language)
        and (:state = '' or questions.state = :state)
) as found
order by {sort}
limit :limit offset :offset;

-- name: count_questions(pattern, product_id, language, state)^
select count(*) as n
from questions
join products on products.id = questions.product_id
where
    (:pattern = '' or questions.folded like :pattern escape '\' or products.search_text like :pattern escape '\')
    and (:product_id = 0 or questions.product_id = :product_id)
    and (:language = '' or questions.language = :language)
    and (:state = '' or questions.state = :state);

-- name: set_question_state(id, state, by, at)^
update questions set state = :state, decided_by = :by, decided_at = :at where id = :id returning id;
