-- link_verdict: every link with its confidence, and whether it is right.
-- grain:  one stated link
-- reads:  process_answer, name_answer

WITH final AS (
    SELECT
        CASE kind
            WHEN 'parent' THEN 'process_parent'
            WHEN 'script' THEN 'process_script'
            WHEN 'requester' THEN 'connection_requester'
            ELSE kind || '_process'
        END AS kind,
        basis,
        confidence,
        verdict = 'right' AS is_right
    FROM process_answer
    WHERE confidence IS NOT NULL AND pid IS NOT NULL
    UNION ALL
    SELECT 'connection_lookup', basis, confidence, is_right
    FROM name_answer
    WHERE confidence IS NOT NULL
)

SELECT * FROM final
ORDER BY kind, basis, confidence, is_right
