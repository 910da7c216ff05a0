-- Two nodes at once each take another mail.

-- name: claim_mail(now, until)^
update outbox
set tries = tries + 1, due_at = :until
where id = (select id from outbox where due_at <= :now order by due_at, id limit 1 for update skip locked)
returning id, at, tries, recipient, message;
