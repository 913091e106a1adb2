import { describe, expect, it } from "vitest";
import { takesEvery } from "../src/compare.js";
import { patternOf } from "./pattern-of.js";

const created = new Map([
  ["source", "com.example.orders"],
  ["detail-type", "Order.Created"],
]);

describe("whether a pattern takes every event of a source and detail-type", () => {
  it.each([
    {
      name: "asked for by both",
      pattern: { source: ["com.example.orders"], "detail-type": ["Order.Created"] },
      takes: true,
    },
    {
      name: "asked for among others",
      pattern: { "detail-type": ["Order.Updated", "Order.Created"] },
      takes: true,
    },
    {
      name: "of any source but another",
      pattern: { source: [{ "anything-but": ["com.example.delivery"] }] },
      takes: true,
    },
    { name: "of any source", pattern: { source: [{ prefix: "" }] }, takes: true },
    {
      name: "in one of the branches",
      pattern: { $or: [{ source: ["com.example.orders"] }, { detail: { a: [1] } }] },
      takes: true,
    },
    {
      name: "of another detail-type",
      pattern: { source: ["com.example.orders"], "detail-type": ["Order.Updated"] },
      takes: false,
    },
    { name: "with a filter", pattern: { source: ["com.example.orders"], detail: { a: [1] } }, takes: false },
    {
      name: "with a filter that most events pass",
      pattern: { source: ["com.example.orders"], detail: { a: [{ exists: false }] } },
      takes: false,
    },
    {
      name: "with a filter on what is not in detail",
      pattern: { source: ["com.example.orders"], account: ["111111111111"] },
      takes: false,
    },
  ])("$name: $takes", ({ pattern, takes }) => {
    expect(takesEvery(patternOf(pattern), created)).toBe(takes);
  });
});
