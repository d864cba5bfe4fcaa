-- own_lookup: where the look-ups stand that these stories cite.
-- grain:  lookup
-- reads:  own story, held.lookup

SELECT
    filename,
    file_row_number
FROM held.lookup
WHERE lookup IN (SELECT unnest(list_transform(names, LAMBDA n: n.lookup)) FROM story)
ORDER BY filename, file_row_number
