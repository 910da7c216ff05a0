-- name: add_file(id, name, kind, size, at)!
insert into files (id, name, kind, size, created_at)
values (:id, :name, :kind, :size, :at)
on conflict (id) do update set created_at = excluded.created_at;

-- name: get_file(id)^
select * from files where id = :id;

-- name: list_files()
select * from files order by created_at desc, id;
