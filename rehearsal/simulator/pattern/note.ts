/** Something about a pattern that AWS accepts and nobody can mean. */
export interface PatternNote {
  /** Where, as in a {@link PatternProblem}. */
  readonly path: string;
  readonly note: string;
  /** What to write instead, where that can be told. */
  readonly mend?: string;
}
