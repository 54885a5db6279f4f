"""What Allure is told. allure-pytest writes the results; this room puts them into words that QA can work with.

``telling`` speaks of one scenario while it runs, ``wording`` corrects its result before it is written, ``folder``
describes the run, ``categories`` tell the verdicts apart, ``marks`` add what the gate makes of them. ``allurerc.mjs``
is the configuration for Allure 3. Only ``telling`` and ``wording`` import allure.
"""
