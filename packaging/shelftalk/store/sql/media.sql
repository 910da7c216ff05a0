-- name: add_media(id, name, width, height, at)!
insert into media (id, name, width, height, created_at)
values (:id, :name, :width, :height, :at)
on conflict (id) do update set created_at = excluded.created_at;

-- name: get_media(id)^
select * from media where id = :id;

-- name: list_media()
select * from media order by created_at desc, id;
