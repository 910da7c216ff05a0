-- Lists of surveys and coupons find the pages that have one without reading any.
create index page_versions_survey on page_versions (product_id, version) where content like '%"type":"survey"%';
create index page_versions_coupon on page_versions (product_id, version) where content like '%"type":"coupon"%';
create index pages_coupon on pages (product_id) where blocks like '%"type":"coupon"%';
