// Allure 3's configuration for results of tunspec. It reads categories.json, which lies beside it.
//
//   npx allure generate --config allure-results/allurerc.mjs allure-results
//   npx allure quality-gate --config allure-results/allurerc.mjs allure-results      (Node.js 22 or later)
import { readFileSync } from "node:fs";

const categories = JSON.parse(readFileSync(new URL("categories.json", import.meta.url), "utf8"));

const verdictOf = (result) => result.labels.find((label) => label.name === "verdict")?.value;

// The gate of `tunspec gate`: known failures pass, and so does what is unsupported or was not run.
const closing = ["fail", "error", "inconclusive", "fixed", "coverage-lost"];

const atMost = {
  rule: "atMost",
  message: ({ actual, expected }) => `${actual} results close the gate (${closing.join(", ")}); ${expected} may`,
  validate: async ({ trs, expected }) => {
    const found = trs.filter((result) => closing.includes(verdictOf(result)));
    return { success: found.length <= expected, actual: found.length, testResults: found.map(({ id }) => id) };
  },
};

const atLeastJudged = {
  rule: "atLeastJudged",
  message: ({ actual, expected }) => `${actual} scenarios were judged; at least ${expected} must be`,
  validate: async ({ trs, expected }) => {
    const judged = trs.filter((result) => ["pass", "fail", "known-fail", "fixed"].includes(verdictOf(result)));
    return { success: judged.length >= expected, actual: judged.length, testResults: [] };
  },
};

export default {
  name: "tunspec",
  output: "./allure-report",
  historyPath: "./allure-history.jsonl",
  categories,
  plugins: {
    awesome: { options: { reportName: "tunspec", groupBy: ["parentSuite", "suite"], appendTitlePath: false } },
  },
  qualityGate: {
    use: [atMost, atLeastJudged],
    rules: [{ atMost: 0 }, { atLeastJudged: 1 }],
  },
};
