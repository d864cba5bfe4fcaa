-- own_script: the scripts that these stories cite.
-- grain:  script
-- reads:  own_story, script

SELECT *
FROM memory.main.script
WHERE script IN (SELECT unnest(list_transform(scripts, LAMBDA c: c.script)) FROM story)
ORDER BY script
