-- table staff: region text, salary decimal 2
-- Without ORDER BY Parley prints groups in the order of their keys.
SELECT region, COUNT(*) AS n, avg6(salary, 2) AS mean
FROM staff
GROUP BY region
HAVING COUNT(*) >= 10
ORDER BY region
