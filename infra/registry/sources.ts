import { sourceMaxLength } from "../aws/limits.js";

/**
 * What is wrong with a source, with one to write instead that would be taken.
 * @param others sources of the other services
 */
export function sourceProblem(
  source: string,
  service: string,
  others: readonly string[],
): string | undefined {
  const shown = JSON.stringify(source);
  const proposal = proposeSource(source, service, others);
  const such = proposal === undefined ? "" : `, such as ${JSON.stringify(proposal)}`;
  if (source.startsWith("aws."))
    return `${shown} begins with "aws.", which EventBridge keeps for AWS: AWS services and partners own such sources, and their events arrive on an account's default bus or on a partner bus, never here; choose your own${such}, under which a rule's target there can publish them again`;
  if (source.length > sourceMaxLength)
    return `is longer than ${sourceMaxLength} characters; shorten it${such}`;
  if (!isSource(source))
    return `${shown} is not written in reverse-DNS style; use at least two words of letters, digits, - and _ joined by dots${such}`;
  return undefined;
}

/** A source that is right and that nobody has: what was written without what is wrong in it, or one like the others'. */
export function proposeSource(
  source: string,
  service: string,
  others: readonly string[],
): string | undefined {
  const cleaned = (source.match(/[A-Za-z0-9_-]+/g) ?? []).join(".");
  const right = others.filter(isSource);
  const domains = right.map((other) => other.slice(0, other.lastIndexOf("."))).concat("com.example");
  return [cleaned, ...domains.map((domain) => `${domain}.${service}`)].find(
    (proposal) => isSource(proposal) && !others.includes(proposal),
  );
}

function isSource(text: string): boolean {
  return (
    text.length <= sourceMaxLength &&
    !text.startsWith("aws.") &&
    /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+$/.test(text)
  );
}
