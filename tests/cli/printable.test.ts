import { describe, expect, it } from "vitest";
import { printable } from "../../cli/terminal/printable.js";
import { renderVerification } from "../../cli/commands/verify/report.js";

describe("text of others in the terminal", () => {
  it.each([
    { name: "stays as it is", text: "Order.Created für 東京 🫖", shown: "Order.Created für 東京 🫖" },
    { name: "cannot paint", text: "\u001b[31mred\u001b[0m", shown: "\\u001b[31mred\\u001b[0m" },
    { name: "cannot go back or to another line", text: "a\rb\nc", shown: "a\\u000db\\u000ac" },
    { name: "cannot turn the direction of writing", text: "a\u202eb", shown: "a\\u202eb" },
  ])("$name", ({ text, shown }) => {
    expect(printable(text)).toBe(shown);
  });

  it("is cut where it is long, and says how long it was", () => {
    expect(printable("x".repeat(3_000), 10)).toBe(`${"x".repeat(10)}… (3000 characters)`);
  });

  it("paints nothing in the failures of a proof, and is whole there", () => {
    const evidence = [`the request has \u001b[2K${"x".repeat(500)}`];
    const compared = { expected: "e\u0007", found: "f\u202e" };
    const told = { id: "c\u0007", step: "s", cause: "p\r", mend: "m\u202e", evidence, follows: [] };
    const failure = { ...told, ...compared };
    const text = renderVerification({
      ok: false,
      environment: "prod",
      checks: [{ id: "c", title: "t", ok: false, cases: 1 }],
      failures: [failure],
      notes: [],
    });
    expect(text).not.toMatch(/[\u0007\r\u202e]|\u001b\[2K/);
    expect(text).toContain("x".repeat(500));
  });
});
