-- script_holding: the scripts that hold the text asked for.
-- grain:  script
-- reads:  script

SELECT script
FROM script
WHERE getvariable('contains') IS NOT NULL AND holds([script, text, path, block, host_application])
ORDER BY script
