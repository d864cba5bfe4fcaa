-- process_wanted: the processes that the words about processes ask for.
-- grain:  process
-- reads:  process

SELECT process
FROM process
WHERE asks_process() AND image_wanted(image) AND user_wanted(user) AND pid_wanted(pid)
ORDER BY process
