select
    roast_id,
    bean_id,
    roasted_on,
    profile,
    green_kg,
    roasted_kg,
    green_kg - roasted_kg as lost_kg
from {{ ref('roasts') }}
