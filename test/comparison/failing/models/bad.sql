select * from nowhere where 1 = (select max(id) from {{ ref('good') }})
