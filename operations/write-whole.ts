import { fsyncSync, writeSync } from "node:fs";

/** Writes so many of the bytes from an offset on as the disk takes at once; as `writeSync` does. */
export type WriteBytes = (descriptor: number, bytes: Uint8Array, offset: number) => number;

/**
 * Brings a text to the disk, or throws: a disk that fills up takes a part first and says so only at the next try.
 * @see https://man7.org/linux/man-pages/man2/write.2.html
 */
export function writeWhole(descriptor: number, text: string, write: WriteBytes = writeSync): void {
  const bytes = Buffer.from(text);
  let offset = 0;
  while (offset < bytes.length) {
    const taken = write(descriptor, bytes, offset);
    if (taken <= 0) throw new Error("the disk takes no more");
    offset += taken;
  }
  fsyncSync(descriptor);
}
