-- Ciphertexts of the first format could be read in whatever row they stood. The server that starts next writes those of this
-- list anew, bound to their places, and empties it; no other ciphertext of that format is read.
create table unbound_secrets (
  place text not null,
  id bigint not null,
  primary key (place, id)
);
insert into unbound_secrets (place, id)
select 'connections.secrets', id from connections where secrets is not null
union all
select 'credentials.secrets', id from credentials where secrets is not null
union all
select 'environments.connection_secrets', id from environments where connection_secrets is not null
union all
select 'environment_variables.ciphertext', id from environment_variables where ciphertext is not null;
