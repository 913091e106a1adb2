import { AwsError } from "../aws-error.js";

export interface Credential {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const form =
  /^AWS4-HMAC-SHA256 +Credential=(?<scope>[^ ,]+), *SignedHeaders=[a-z0-9;_-]+, *Signature=[0-9a-f]{64}$/;

/**
 * Reads who signs. The signature itself cannot be checked, as there is no secret; its form is. A key id may hold any
 * character, a slash too, so the scope is read from its end. What was sent may be somebody's real key, and is never
 * repeated.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
 */
export function readAuthorization(header: string | undefined): Credential {
  if (header === undefined) {
    throw new AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", {
      queryCode: "MissingAuthenticationToken",
      status: 403,
    });
  }
  const parts = (form.exec(header)?.groups?.scope ?? "").split("/");
  const [end, service = "", region = "", date = "", ...key] = parts.reverse();
  const accessKeyId = key.reverse().join("/");
  if (end !== "aws4_request" || !/^\d{8}$/.test(date) || accessKeyId === "" || region === "") {
    throw new AwsError(
      "IncompleteSignatureException",
      "the Authorization header is not of the form AWS4-HMAC-SHA256 Credential=<key id>/<date>/<region>/<service>/aws4_request, SignedHeaders=…, Signature=<64 hex digits>; sign with an AWS SDK, any secret will do",
      { queryCode: "IncompleteSignature" },
    );
  }
  return { accessKeyId, region, service };
}
