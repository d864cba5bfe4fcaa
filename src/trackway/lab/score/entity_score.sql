-- entity_score: how well what was found matches what there was, kind by kind.
-- grain:  kind
-- reads:  matched, found, shown, true_process, true_lookup, true_connection, true_script
-- rule:   a found thing is right if all its records are about one true thing, and it is the first about
--         that. Recall is over what the evidence has a record of.

WITH there AS (
    SELECT 'process' AS kind, process AS about FROM true_process INNER JOIN shown ON process = about AND has_start
    UNION ALL
    SELECT 'lookup', lookup FROM true_lookup INNER JOIN shown ON lookup = about
    UNION ALL
    SELECT 'connection', connection FROM true_connection INNER JOIN shown ON connection = about AND has_more
    UNION ALL
    SELECT 'script', script FROM true_script INNER JOIN shown ON script = about
),

judged AS (
    SELECT
        f.kind,
        f.answer,
        m.about,
        m.purity = 1 AND row_number() OVER (PARTITION BY f.kind, m.about ORDER BY m.records DESC, f.answer) = 1 AS is_right
    FROM found AS f
    INNER JOIN matched AS m ON f.answer = m.answer
),

precise AS (
    SELECT kind, count(*) AS found, count(*) FILTER (WHERE is_right) AS right_found
    FROM judged
    GROUP BY kind
),

recalled AS (
    SELECT
        t.kind,
        count(*) AS there,
        count(*) FILTER (WHERE t.about IN (SELECT about FROM judged WHERE is_right)) AS right_there
    FROM there AS t
    GROUP BY t.kind
),

final AS (
    SELECT
        r.kind,
        r.there,
        coalesce(p.found, 0) AS found,
        r.right_there,
        round(coalesce(p.right_found / nullif(p.found, 0), 0), 6) AS precision,
        round(r.right_there / r.there, 6) AS recall
    FROM recalled AS r
    LEFT JOIN precise AS p ON r.kind = p.kind
)

SELECT * FROM final
ORDER BY kind
