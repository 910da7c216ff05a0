-- name: add_printer(name, ruler_x_mm, ruler_y_mm, left_mm, top_mm, dpi, at, by)^
insert into printers (name, ruler_x_mm, ruler_y_mm, left_mm, top_mm, dpi, revision, at, by)
values (:name, :ruler_x_mm, :ruler_y_mm, :left_mm, :top_mm, :dpi, 1, :at, :by)
returning *;

-- name: update_printer(id, revision, name, ruler_x_mm, ruler_y_mm, left_mm, top_mm, dpi, at, by)^
update printers
set name = :name, ruler_x_mm = :ruler_x_mm, ruler_y_mm = :ruler_y_mm, left_mm = :left_mm, top_mm = :top_mm,
    dpi = :dpi, revision = revision + 1, at = :at, by = :by
where id = :id and revision = :revision
returning *;

-- name: get_printer(id)^
select * from printers where id = :id;

-- name: find_printer_by_name(name)^
select id from printers where lower(name) = lower(:name);

-- name: list_printers()
select * from printers order by lower(name), id;

-- name: drop_printer(id)!
delete from printers where id = :id;
