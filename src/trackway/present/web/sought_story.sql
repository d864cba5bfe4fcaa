-- sought_story: of each story what the filters read (`story_chosen`, `story_addresses`) and nothing else.
-- grain:  story
-- reads:  story

SELECT
    story,
    host,
    time_from,
    time_to,
    direction,
    action,
    protocol,
    protocol_number,
    local_address,
    local_port,
    remote_address,
    remote_port,
    remote_name_hint,
    process,
    process_confidence,
    CASE WHEN requester.process IS NOT NULL THEN struct_pack(process := requester.process) END AS requester,
    list_transform(names, LAMBDA n: struct_pack(name := n.name, cnames := n.cnames)) AS names,
    sources,
    list_transform(scripts, LAMBDA c: struct_pack(script := c.script)) AS scripts,
    list_transform(list_distinct(list_transform(evidence, LAMBDA e: e.file)), LAMBDA f: struct_pack(file := f)) AS evidence
FROM memory.main.story
ORDER BY host, time_from NULLS FIRST, time_to NULLS LAST, story
