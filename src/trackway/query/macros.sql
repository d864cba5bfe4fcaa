-- macros: what the words of `trackway.filters` mean; each is true where its word asks for nothing.
-- note:   patterns are for ILIKE with ^ as escape; letter case never matters.

CREATE OR REPLACE TEMP MACRO base_of(path) AS regexp_extract(path, '[^\\/]*$');

CREATE OR REPLACE TEMP MACRO alike(content, pattern) AS content ILIKE pattern ESCAPE '^';

CREATE OR REPLACE TEMP MACRO any_alike(contents, pattern) AS
len(list_filter(contents, LAMBDA content: content ILIKE pattern ESCAPE '^')) > 0;

-- DC01 also asks for dc01.example.org
CREATE OR REPLACE TEMP MACRO host_wanted(host) AS
getvariable('host') IS NULL
OR alike(host, getvariable('host'))
OR alike(split_part(host, '.', 1), getvariable('host'));

-- powershell also asks for powershell.exe
CREATE OR REPLACE TEMP MACRO image_wanted(image) AS
(getvariable('process_base') IS NULL AND getvariable('process_whole') IS NULL)
OR alike(image, getvariable('process_whole'))
OR alike(base_of(image), getvariable('process_base'))
OR alike(base_of(image), getvariable('process_base') || '.exe');

CREATE OR REPLACE TEMP MACRO user_wanted(account) AS
(getvariable('user_base') IS NULL AND getvariable('user_whole') IS NULL)
OR alike(account, getvariable('user_whole'))
OR alike(regexp_extract(account, '[^\\]*$'), getvariable('user_base'));

CREATE OR REPLACE TEMP MACRO pid_wanted(pid) AS getvariable('pid') IS NULL OR pid = getvariable('pid');

-- whether any word asks about the process
CREATE OR REPLACE TEMP MACRO asks_process() AS
coalesce(
    getvariable('process_base'), getvariable('process_whole'), getvariable('user_base'), getvariable('user_whole'),
    CAST(getvariable('pid') AS VARCHAR)
) IS NOT NULL;

CREATE OR REPLACE TEMP MACRO source_wanted(sources) AS
getvariable('source') IS NULL OR any_alike(sources, getvariable('source'));

-- an interval that has no end known reaches on
CREATE OR REPLACE TEMP MACRO time_wanted(time_from, time_to) AS
(getvariable('since') IS NULL OR time_to IS NULL OR time_to >= getvariable('since'))
AND (getvariable('until') IS NULL OR time_from IS NULL OR time_from <= getvariable('until'));

CREATE OR REPLACE TEMP MACRO confidence_wanted(confidence) AS
getvariable('min_confidence') IS NULL OR confidence >= getvariable('min_confidence');

CREATE OR REPLACE TEMP MACRO text_holds(content) AS contains(lower(content), getvariable('contains'));

-- `contents` is a list of texts
CREATE OR REPLACE TEMP MACRO holds(contents) AS text_holds(array_to_string(contents, chr(10)));

CREATE OR REPLACE TEMP MACRO identifier_wanted(identifier) AS
getvariable('identifiers') IS NULL OR list_contains(getvariable('identifiers'), identifier);
