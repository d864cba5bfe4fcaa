-- own_lookup: the look-ups that these stories cite.
-- grain:  lookup
-- reads:  own_story, lookup

SELECT *
FROM memory.main.lookup
WHERE lookup IN (SELECT unnest(list_transform(names, LAMBDA n: n.lookup)) FROM story)
ORDER BY lookup
