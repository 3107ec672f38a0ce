{{ config(materialized='table') }}
-- Some twenty seconds of work for DuckDB: long enough for a second task to find the run alive.
select count(*) as pairs
from range(60000) as a, range(60000) as b
where (a.range * b.range) % 7 = 3
