-- name: add_mail(at, recipient, message)!
insert into outbox (at, due_at, tries, recipient, message) values (:at, :at, 0, :recipient, :message);

-- name: claim_mail(now, until)^
update outbox
set tries = tries + 1, due_at = :until
where id = (select id from outbox where due_at <= :now order by due_at, id limit 1)
returning id, at, tries, recipient, message;

-- name: delay_mail(id, due_at)!
update outbox set due_at = :due_at where id = :id;

-- name: drop_mail(id)!
delete from outbox where id = :id;

-- name: count_mail()^
select count(*) as n, coalesce(max(tries), 0) as tries from outbox;
