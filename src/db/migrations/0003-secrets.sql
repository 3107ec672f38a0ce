-- Which keys secrets may be encrypted with, so that a process with another key is refused when it starts, and not when
-- its first run needs a secret. `key_id` is derived from the key, one way, and stands in every ciphertext of it.
-- `machine` and `file` say where it was given first, for whoever has to copy it; without a file, by STRATUS_SECRET_KEY.
create table secret_keys (
  key_id text primary key,
  machine text not null,
  file text,
  created_at timestamptz not null default now()
);
