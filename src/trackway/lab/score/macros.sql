-- macros: what several of the models here say in the same words.

CREATE MACRO base_name(path) AS lower(regexp_extract(path, '[^/\\!]+$'));

CREATE MACRO short_host(host) AS lower(regexp_extract(host, '^[^.]+'));

-- a record by its line, in a text file, or by its number; Velociraptor writes % as %25
CREATE MACRO place_of(file, line, record) AS
replace(base_name(file), '%25', '%') || coalesce(' L' || line, ' R' || record);

-- two statements of one start: a decoded second, a record of Sysmon, a record of the Security log
CREATE MACRO same_start(a, b) AS abs(epoch(a) - epoch(b)) <= 2;
