-- name: list_day_scans(placement_id, day, from_at, to_at, by_people, limit, offset)
select id, at, day, hour, code, placement_id, language, device, scan_class, first_of_day
from scans
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and day = :day
    and (:by_people = 0 or scan_class in ('person', 'repeat'))
order by at desc, id desc
limit :limit offset :offset;

-- name: count_day_languages(placement_id, day, from_at, to_at, by_people)
select language as value, count(*) as n
from scans
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and day = :day
    and (:by_people = 0 or scan_class in ('person', 'repeat'))
group by language;

-- name: count_day_devices(placement_id, day, from_at, to_at, by_people)
select device as value, count(*) as n
from scans
where
    placement_id = :placement_id
    and at between :from_at and :to_at
    and day = :day
    and (:by_people = 0 or scan_class in ('person', 'repeat'))
group by device;
