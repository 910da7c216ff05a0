-- Documents, videos and captions; the files themselves lie in the instance folder.
create table files (
    id text primary key,
    name text not null,
    kind text not null,
    size bigint not null,
    created_at text not null
);
