select
    bean_id,
    origin,
    farm,
    process,
    cost_per_kg
from {{ ref('beans') }}
