-- sought_process: of each process what the filters of stories read (`process_wanted`, `process_holding`).
-- grain:  process
-- reads:  process

SELECT process, pid, image, command_line, user, guid, service, ancestors
FROM memory.main.process
ORDER BY process
