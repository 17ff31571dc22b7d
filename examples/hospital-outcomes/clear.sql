-- table admissions: treatment text, age_range text, admitted text, prior_visits int, days int, recovered text
-- A value over a nullable column is withheld (NULL) unless at least min_subjects rows have one.
SELECT treatment, recovered, COUNT(*) AS patients,
       CASE WHEN COUNT(days) >= 10 THEN COUNT(days) END AS discharged,
       CASE WHEN COUNT(days) >= 10 THEN avg6(days, 0) END AS mean_days,
       CASE WHEN COUNT(days) >= 10 THEN MIN(days) END AS shortest,
       CASE WHEN COUNT(days) >= 10 THEN MAX(days) END AS longest,
       MIN(admitted) AS first_admission
FROM admissions
WHERE admitted BETWEEN '2025-01-01' AND '2025-12-31'
  AND age_range IN ('40-64', '65-79', '80+')
  AND prior_visits IS NOT NULL
GROUP BY treatment, recovered
HAVING COUNT(*) >= 15
ORDER BY treatment, recovered DESC
