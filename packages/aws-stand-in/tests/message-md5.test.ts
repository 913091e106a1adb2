import { describe, expect, it } from "vitest";
import { md5OfAttributes, md5OfBody } from "../src/index.js";

describe("the MD5 of a message", () => {
  it("is that of the UTF-8 of its body", () => {
    expect(md5OfBody("This is a test message")).toBe("fafb00f5732ab283681e124bf8747ed1");
    expect(md5OfBody("日本語")).not.toBe(md5OfBody("???"));
  });

  it.each([
    { dataType: "Number", md5: "235c5c510d26fb653d073faed50ae77c" },
    { dataType: "Number.java.lang.Long", md5: "2e2e4876d8e0bd6b8c2c8f556831c349" },
  ])("of attributes counts name, type ($dataType) and value", ({ dataType, md5 }) => {
    expect(md5OfAttributes({ timestamp: { dataType, value: "1493147359900" } })).toBe(md5);
  });

  it("of attributes goes by their names' order, and by the bytes of binary ones", () => {
    const text = { dataType: "String", value: "AAA=" };
    const bytes = { dataType: "Binary", value: "AAA=" };
    expect(md5OfAttributes({ a: text, b: bytes })).toBe(md5OfAttributes({ b: bytes, a: text }));
    expect(md5OfAttributes({ a: bytes })).not.toBe(md5OfAttributes({ a: text }));
  });

  it("of no attributes is none", () => {
    expect(md5OfAttributes({})).toBeUndefined();
  });
});
