select n.id from {{ ref('numbers') }} as n join {{ ref('package', 'of_package') }} as p on n.id = p.id
