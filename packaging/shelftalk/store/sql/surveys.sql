-- name: add_survey_answer(at, product_id, block_id, version, language, code, placement_id, location_id)^
insert into survey_answers (at, product_id, block_id, version, language, code, placement_id, location_id)
values (:at, :product_id, :block_id, :version, :language, :code, :placement_id, :location_id)
returning id;

-- name: add_survey_choice(answer_id, question, choice, text)!
insert into survey_choices (answer_id, question, choice, text) values (:answer_id, :question, :choice, :text);

-- name: list_surveys(product_id)
select block_id, count(*) as answers
from survey_answers
where product_id = :product_id
group by block_id
order by block_id;

-- name: list_survey_counts(product_id, block_id, language, location_id, from_at, to_at)
select
    survey_answers.version,
    survey_answers.language,
    survey_choices.question,
    survey_choices.choice,
    count(*) as n
from survey_answers join survey_choices on survey_choices.answer_id = survey_answers.id
where
    survey_answers.product_id = :product_id
    and survey_answers.block_id = :block_id
    and survey_answers.at between :from_at and :to_at
    and (:language = '' or survey_answers.language = :language)
    and (:location_id = -1 or coalesce(survey_answers.location_id, 0) = :location_id)
group by survey_answers.version, survey_answers.language, survey_choices.question, survey_choices.choice
order by survey_answers.version, survey_answers.language, survey_choices.question, survey_choices.choice;

-- name: list_survey_question_counts(product_id, block_id, language, location_id, from_at, to_at)
select asked.version, asked.language, asked.question, count(*) as n
from (
    select distinct
        survey_answers.id,
        survey_answers.version,
        survey_answers.language,
        survey_choices.question
    from survey_answers join survey_choices on survey_choices.answer_id = survey_answers.id
    where
        survey_answers.product_id = :product_id
        and survey_answers.block_id = :block_id
        and survey_answers.at between :from_at and :to_at
        and (:language = '' or survey_answers.language = :language)
        and (:location_id = -1 or coalesce(survey_answers.location_id, 0) = :location_id)
) as asked
group by asked.version, asked.language, asked.question;

-- name: list_survey_places(product_id, block_id, from_at, to_at)
select
    version,
    language,
    coalesce(placement_id, 0) as placement_id,
    coalesce(location_id, 0) as location_id,
    code,
    count(*) as n
from survey_answers
where product_id = :product_id and block_id = :block_id and at between :from_at and :to_at
group by version, language, coalesce(placement_id, 0), coalesce(location_id, 0), code
order by count(*) desc, code;

-- name: list_survey_texts(product_id, block_id, language, location_id, from_at, to_at, limit)
select
    survey_answers.id,
    survey_answers.at,
    survey_answers.version,
    survey_answers.language,
    survey_choices.question,
    survey_choices.text
from survey_answers join survey_choices on survey_choices.answer_id = survey_answers.id
where
    survey_answers.product_id = :product_id
    and survey_answers.block_id = :block_id
    and survey_choices.text <> ''
    and survey_answers.at between :from_at and :to_at
    and (:language = '' or survey_answers.language = :language)
    and (:location_id = -1 or coalesce(survey_answers.location_id, 0) = :location_id)
order by survey_answers.id desc
limit :limit;

-- name: count_survey_answers(product_id, block_id)^
select count(*) as n from survey_answers where product_id = :product_id and block_id = :block_id;

-- name: list_page_contents(product_id)
select version, content, published_at from page_versions where product_id = :product_id order by version;

-- name: get_sender(code)
select codes.code, placements.id as placement_id, placements.location_id
from codes join placements on placements.id = codes.placement_id
where codes.code = :code;
