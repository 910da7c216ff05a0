-- Print runs remember how their symbols were made.
alter table print_runs add column look text not null default '';
