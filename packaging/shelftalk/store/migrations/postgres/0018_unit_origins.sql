-- Which address the codes of a range were given out with; empty where nobody wrote it down.
alter table unit_ranges add column origin text not null default '';
update unit_ranges
set origin = coalesce((select print_runs.origin from print_runs where print_runs.id = unit_ranges.run_id), '');
