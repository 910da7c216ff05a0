-- name: list_product_ids()
select id from products order by id;

-- name: list_all_page_versions(product_id)
select content from page_versions where product_id = :product_id;

-- name: list_all_page_drafts(product_id)
select content from page_drafts where product_id = :product_id;

-- name: drop_media(id)!
delete from media where id = :id;

-- name: drop_files(id)!
delete from files where id = :id;
