select
    roasts.roast_id,
    roasts.bean_id,
    beans.origin,
    roasts.roasted_on,
    roasts.profile,
    roasts.roasted_kg,
    roasts.lost_kg / roasts.green_kg as loss_ratio,
    roasts.green_kg * beans.cost_per_kg as green_cost,
    roasts.green_kg * beans.cost_per_kg / roasts.roasted_kg as cost_per_roasted_kg
from {{ ref('stg_roasts') }} as roasts
inner join {{ ref('stg_beans') }} as beans on roasts.bean_id = beans.bean_id
