import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeWhole } from "../../operations/dead-letters/journal.js";

let file: string;
let descriptor: number;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), "event-backbone-write-")), "file");
  descriptor = openSync(file, "a");
});

afterEach(() => {
  closeSync(descriptor);
});

describe("a text that must be on the disk before anything else happens", () => {
  it("is written to its end", () => {
    writeWhole(descriptor, "one\n");
    writeWhole(descriptor, "zwölf\n");
    expect(readFileSync(file, "utf8")).toBe("one\nzwölf\n");
  });

  it("goes on where the disk took a part only", () => {
    const written: number[] = [];
    writeWhole(descriptor, "zwölf", (_, bytes, offset) => {
      written.push(...bytes.subarray(offset, offset + 2));
      return Math.min(2, bytes.length - offset);
    });
    expect(Buffer.from(written).toString()).toBe("zwölf");
  });

  it("is not taken for written when the disk takes no more", () => {
    let room = 3;
    const write = (): number => {
      const taken = Math.min(room, 2);
      room -= taken;
      return taken;
    };
    expect(() => {
      writeWhole(descriptor, "zwölf", write);
    }).toThrow("the disk takes no more");
  });
});
