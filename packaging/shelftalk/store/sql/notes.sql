-- name: find_note(name)^
select value from notes where name = :name;

-- name: set_note(name, value)!
insert into notes (name, value) values (:name, :value)
on conflict (name) do update set value = excluded.value;

-- name: add_note(name, value)!
insert into notes (name, value) values (:name, :value) on conflict (name) do nothing;

-- name: replace_note(name, old, new)!
update notes set value = :new where name = :name and value = :old;

-- name: next_version()^
insert into notes (name, value) values ('shelf_version', '1')
on conflict (name) do update set value = cast(cast(notes.value as integer) + 1 as text)
returning value;

-- name: drop_note(name)!
delete from notes where name = :name;
