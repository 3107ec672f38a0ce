select {{ package.one() }} as id
