/** A fault that is put into the library. */
export interface Mutant {
  name: string;
  /** Path from the root of the checkout. */
  file: string;
  /** Text that stands in the file just once, and the text in its place. */
  edit: readonly [from: string, to: string];
  /** Paths of the tests that should catch it, from test/ on. */
  tests: readonly string[];
  /** Pattern of the names of those tests; all of the files where absent. */
  named?: string;
  /** Configuration under which every single test must fail, each with a fault of its own; elsewhere one is enough. */
  config?: string;
}

/** Mutants of one file, caught by the same tests. @param edits - by name */
export const mutantsOf = (
  place: Pick<Mutant, "file" | "tests" | "named">,
  edits: Readonly<Record<string, Mutant["edit"]>>,
): Mutant[] => Object.entries(edits).map(([name, edit]) => ({ ...place, name, edit }));
