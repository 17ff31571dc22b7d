-- table staff: region text, gender text, salary decimal 2
SELECT region, gender, COUNT(*) AS n, avg6(salary, 2) AS mean
FROM staff
GROUP BY region, gender
HAVING COUNT(*) >= 10
ORDER BY region, gender
