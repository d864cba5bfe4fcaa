-- lookup_row: one flat line a look-up, for the report's chart over time: what filters read, texts and numbers.
-- grain:  lookup
-- reads:  lookup, process
-- rule:   `held` is what `contains` searches beyond the other columns, in lower case; times as in `row`.
--         `moment` is null where no record states it: a resolver's cache tells only since when at most.

WITH texted AS (
    SELECT
        process,
        lower(array_to_string([process, image, command_line, user, guid, service, CAST(pid AS VARCHAR)], chr(10))) AS text
    FROM process
),

lineage AS (
    SELECT process, unnest(list_prepend(process, coalesce(ancestors, []))) AS ancestor
    FROM process
    WHERE process IN (SELECT process FROM lookup)
),

chain AS (
    SELECT l.process, string_agg(t.text, chr(10) ORDER BY t.text) AS text
    FROM lineage AS l
    INNER JOIN texted AS t ON l.ancestor = t.process
    GROUP BY l.process
),

filed AS (
    SELECT
        lookup,
        lower(array_to_string(list_sort(list_distinct(list_transform(evidence, LAMBDA e: e.file))), chr(10))) AS filed
    FROM lookup
),

final AS (
    SELECT
        l.lookup,
        l.host,
        CAST(epoch_us(l.time_from) AS DOUBLE) AS time_from,
        CAST(epoch_us(l.time_to) AS DOUBLE) AS time_to,
        CASE WHEN l.time_reason IS NULL THEN CAST(epoch_us(l.time_from) AS DOUBLE) END AS moment,
        l.name,
        array_to_string(list_prepend(l.name, coalesce(l.cnames, [])), chr(10)) AS names,
        array_to_string(coalesce(l.addresses, []) || coalesce(l.servers, []), chr(10)) AS addresses,
        concat_ws(chr(10), l.status_text, l.answered_from) AS answer,
        coalesce(base_of(p.image), 'unknown process') AS process,
        p.image,
        CAST(p.pid AS DOUBLE) AS pid,
        p.user,
        l.process_confidence AS confidence,
        array_to_string(l.sources, chr(10)) AS sources,
        c.text AS held,
        f.filed
    FROM lookup AS l
    INNER JOIN filed AS f ON l.lookup = f.lookup
    LEFT JOIN process AS p ON l.process = p.process
    LEFT JOIN chain AS c ON l.process = c.process
)

SELECT * FROM final
ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, lookup
