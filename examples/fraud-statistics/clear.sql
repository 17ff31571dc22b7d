-- table payments: category text, amount decimal 2, fee decimal 2, abroad text, flagged text
SELECT category, COUNT(*) AS n, show(SUM(amount), 2) AS total, avg6(amount, 2) AS mean
FROM payments
WHERE flagged = 'true' AND amount - fee > units('100', 2) AND (abroad = 'true' OR amount >= units('150', 2))
GROUP BY category
HAVING COUNT(*) >= 10
ORDER BY SUM(amount) DESC
LIMIT 5
