/** The answer of a part of a policy to a request. "no" settles a statement; "unknown" never counts as "yes". */
export type Tri = "yes" | "no" | "unknown";
