const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;
const IPV6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:]*$/;
const LONGEST_IPV4 = 15;
const IPV4_IN_IPV6 = /^0{20}FFFF/;

/**
 * An IP address as upper-case hexadecimal digits: 8 for version 4, 32 for version 6.
 * An IPv4 address inside IPv6 (`::ffff:a00:1`) is an IPv4 address; leading zeros are decimal.
 * @returns undefined if the text is no address; a mixed spelling (`::ffff:10.0.0.1`) is none
 */
export function addressDigits(text: string): string | undefined {
  if (IPV4.test(text)) return ipv4Digits(text);
  if (IPV6.test(text)) return ipv6Digits(text);
  return undefined;
}

function ipv4Digits(text: string): string | undefined {
  const parts = text.split(".").map(Number);
  if (text.length > LONGEST_IPV4 || parts.some((part) => part > 0xff)) return undefined;
  return parts.map((part) => hex(part, 2)).join("");
}

function ipv6Digits(text: string): string | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const groups = [...before, ...after].map((group) => (group === "" ? NaN : parseInt(group, 16)));
  const missing = 8 - groups.length;
  // "::" stands for at least one group, and without it none may be missing.
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  if (groups.some((group) => !(group <= 0xffff))) return undefined;
  const written = groups.map((group) => hex(group, 4));
  const digits = [
    ...written.slice(0, before.length),
    "0".repeat(4 * missing),
    ...written.slice(before.length),
  ];
  return digits.join("").replace(IPV4_IN_IPV6, "");
}

function hex(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width, "0");
}
