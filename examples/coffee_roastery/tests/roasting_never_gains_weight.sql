select roast_id, lost_kg
from {{ ref('stg_roasts') }}
where lost_kg <= 0
