-- Links asked lately, and versions published against the gate's advice.
create table link_checks (
    url text primary key,
    state text not null,
    detail text not null,
    checked_at text not null
);

create table publish_overrides (
    product_id bigint not null references products (id),
    version bigint not null,
    at text not null,
    by text not null,
    reason text not null,
    failures bigint not null,
    primary key (product_id, version)
);
