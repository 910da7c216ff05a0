-- name: add_page_template(name, content, by, at)^
insert into page_templates (name, content, at, by) values (:name, :content, :at, :by)
returning id, name, at, by;

-- name: list_page_templates()
select id, name, content, at, by from page_templates order by lower(name), id;

-- name: get_page_template(id)^
select id, name, content, at, by from page_templates where id = :id;

-- name: find_page_template_by_name(name)^
select id from page_templates where lower(name) = lower(:name);

-- name: rename_page_template(id, name)^
update page_templates set name = :name where id = :id returning id;

-- name: drop_page_template(id)!
delete from page_templates where id = :id;
