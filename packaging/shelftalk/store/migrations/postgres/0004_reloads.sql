-- What rule version 1 called repeats are reloads; repeats are something else since.
update scans set scan_class = 'reload' where scan_class = 'repeat' and rule_version = 1;
update rollup_placement_days set scan_class = 'reload' where scan_class = 'repeat';
update rollup_product_location_days set scan_class = 'reload' where scan_class = 'repeat';
update rollup_location_hours set scan_class = 'reload' where scan_class = 'repeat';
