/** A policy document as AWS keeps it: its name, for the evidence of a verdict, and its JSON text. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: string;
}
