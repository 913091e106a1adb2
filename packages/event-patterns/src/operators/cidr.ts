import { ExactNumber, type JsonScalar } from "../json.js";
import { describeScalar, type Matcher, type OperatorParser } from "./matcher.js";

/** `{ "cidr": "10.0.0.0/24" }`, for addresses of version 4 and 6. */
export const parseCidr: OperatorParser = (argument, report) => {
  if (typeof argument !== "string") {
    report("cidr needs a string", 'write an address and a mask, such as {"cidr": "10.0.0.0/24"}');
    return undefined;
  }
  // Like the engine's split, which forgets empty parts at the end.
  const [address = "", mask = "", ...more] = argument.replace(/\/+$/, "").split("/");
  const digits = addressDigits(address);
  const bits = /^[+-]?\d+$/.test(mask) ? Number(mask) : NaN;
  if (more.length > 0 || mask === "") {
    report(
      `${JSON.stringify(argument)} is not an address and a mask`,
      "write it as 10.0.0.0/24 or 2001:db8::/32",
    );
  } else if (digits === undefined) {
    report(
      `${JSON.stringify(address)} is not an IP address`,
      "write four decimal numbers or an IPv6 address",
    );
  } else if (!(bits >= 0 && bits < digits.length * 4)) {
    const most = digits.length * 4 - 1;
    report(
      `the mask ${JSON.stringify(mask)} is not a number from 0 to ${most}`,
      wholeAddressHint(address, most),
    );
  } else {
    return matchBlock(argument, digits, bits);
  }
  return undefined;
};

function wholeAddressHint(address: string, most: number): string {
  return `use a mask of at most ${most}; a single address is a plain value: ${JSON.stringify(address)}`;
}

/** A single address, in any spelling. */
export function matchAddress(text: string, digits: string): Matcher {
  return matchDigits(describeScalar(text), digits, digits, [text]);
}

function matchBlock(block: string, digits: string, bits: number): Matcher {
  const all = digits.length * 4;
  const mask = (1n << BigInt(all - bits)) - 1n;
  const address = BigInt(`0x${digits}`);
  const hex = (value: bigint): string => value.toString(16).toUpperCase().padStart(digits.length, "0");
  const low = hex(address & ~mask & ((1n << BigInt(all)) - 1n));
  const high = hex(address | mask);
  return matchDigits(`an address in ${block}`, low, high, [spell(low), spell(high)]);
}

function matchDigits(wanted: string, low: string, high: string, candidates: readonly string[]): Matcher {
  return {
    operator: "cidr",
    wanted,
    canonical: `address ${low}-${high}`,
    wildcards: [],
    matches: (found) => {
      const digits = digitsOf(found);
      return digits !== undefined && liesBetween(digits, low, high);
    },
    candidates: () => candidates,
    nearMisses: () => [spell(neighbour(low, -1n)), spell(neighbour(high, 1n)), "no address"],
  };
}

/**
 * What the engine compares: it looks at the digits of an address and, since it does not ask for the
 * kind, also at those of a plain number.
 */
function digitsOf(found: JsonScalar): string | undefined {
  if (typeof found === "string") return addressDigits(found);
  if (typeof found === "number") return String(found);
  return found instanceof ExactNumber ? found.text : undefined;
}

/**
 * The engine decides at the first digit that settles the matter and ignores what follows, so an address
 * of one version can lie in a block of the other.
 */
function liesBetween(digits: string, low: string, high: string): boolean {
  let aboveLow = false;
  let belowHigh = false;
  for (let at = 0; at < low.length; at += 1) {
    const digit = digits[at] ?? "";
    const [lowest = "", highest = ""] = [low[at], high[at]];
    if (!isDigit(digit) || (!aboveLow && digit < lowest) || (!belowHigh && digit > highest)) return false;
    aboveLow ||= digit > lowest;
    belowHigh ||= digit < highest;
    if (aboveLow && belowHigh) return true;
  }
  return true;
}

function isDigit(character: string): boolean {
  return /^[0-9A-F]$/.test(character);
}

function neighbour(digits: string, step: bigint): string {
  const bits = BigInt(digits.length * 4);
  const value = BigInt.asUintN(Number(bits), BigInt(`0x${digits}`) + step);
  return value.toString(16).toUpperCase().padStart(digits.length, "0");
}

function spell(digits: string): string {
  const version4 = digits.length === 8;
  const groups = digits.match(version4 ? /../g : /..../g) ?? [];
  return version4
    ? groups.map((group) => String(parseInt(group, 16))).join(".")
    : groups.map((group) => parseInt(group, 16).toString(16)).join(":");
}

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
