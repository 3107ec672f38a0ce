{{ config(materialized='table') }}
-- Minutes of work for DuckDB, so that a test can end it before it ends.
select count(*) as pairs
from range(3000000) as a, range(3000000) as b
where (a.range * b.range) % 7 = 3
