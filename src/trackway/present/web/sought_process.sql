-- sought_process: of each process what filters and lists read, and the file and row that hold it whole.
-- grain:  process
-- reads:  sited_process

SELECT
    process,
    pid,
    image,
    base_of(image) AS program,
    command_line,
    user,
    guid,
    service,
    parent,
    ancestors,
    filename,
    file_row_number
FROM sited_process
ORDER BY filename, file_row_number
