import { describe, expect, it } from "vitest";
import { renderTable } from "../../views/table.js";

const columns = [{ title: "Name" }, { title: "What" }];
const long = "a message of somebody else ".repeat(4).trim();

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

describe("a table", () => {
  it("is as wide as it must be where nobody says how wide it may be", () => {
    expect(renderTable(columns, [["one", long]])).toContain(long);
  });

  it.each([40, 60, 80])("fits into %d characters, and loses nothing", (width) => {
    const text = renderTable(columns, [["one", long]], width);
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(text.replace(/\s/g, "")).toContain(long.replace(/\s/g, ""));
  });

  it("takes from every column that is wide", () => {
    const wide = "y".repeat(100);
    expect(widest(renderTable(columns, [[wide, "x".repeat(90)]], 60))).toBeLessThanOrEqual(60);
  });

  it("stays as it is where it fits", () => {
    expect(renderTable(columns, [["one", "two"]], 80)).toBe(renderTable(columns, [["one", "two"]]));
  });

  it("cuts a message that nobody would read to its end", () => {
    const text = renderTable(columns, [["one", "x".repeat(3000)]], undefined);
    expect(widest(text)).toBeLessThan(320);
    expect(text).toContain("…");
  });
});
