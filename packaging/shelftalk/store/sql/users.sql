-- name: add_user(email, name, password_hash, role, at)^
insert into users (email, name, password_hash, role, language, active, created_at)
values (:email, :name, :password_hash, :role, '', 1, :at)
returning *;

-- name: get_user(id)^
select * from users where id = :id;

-- name: find_user_by_email(email)^
select * from users where email = :email;

-- name: list_users()
select * from users order by name, id;

-- name: update_user(id, name, role, active, language)^
update users
set name = :name, role = :role, active = :active, language = :language
where id = :id
returning *;

-- name: set_profile(id, name, language)!
update users set name = :name, language = :language where id = :id;

-- name: set_password(id, password_hash)!
update users set password_hash = :password_hash where id = :id;

-- name: count_users()^
select count(*) as n from users;

-- name: count_active_admins()^
select count(*) as n from users where role = 'admin' and active = 1;

-- name: add_session(token_hash, user_id, at, expires_at)!
insert into sessions (token_hash, user_id, created_at, expires_at)
values (:token_hash, :user_id, :at, :expires_at);

-- name: find_session_user(token_hash, at)^
select users.*
from sessions join users on users.id = sessions.user_id
where sessions.token_hash = :token_hash and sessions.expires_at > :at and users.active = 1;

-- name: end_session(token_hash)!
delete from sessions where token_hash = :token_hash;

-- name: end_sessions(user_id)!
delete from sessions where user_id = :user_id;

-- name: end_old_sessions(at)!
delete from sessions where expires_at <= :at;
