-- Browsers that signed in. Only hashes are kept; a session is worth as much as its token is at that moment, and ends with it.
create table sessions (
  hash bytea primary key,
  token_id bigint not null references tokens (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_by_end on sessions (expires_at);

-- Each opens one session, once: the link that a person is given instead of a token.
create table sign_in_codes (
  hash bytea primary key,
  token_id bigint not null references tokens (id) on delete cascade,
  expires_at timestamptz not null
);
