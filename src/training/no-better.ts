/** A sentence on a loss that isn't below that of the same answer for every row. */
export function noBetter(name: string, reached: number, guess: number): string {
  const [had, needed] = [reached, guess].map((value) => Number(value.toPrecision(4)));
  return (
    `The ${name}, ${had}, is no better than guessing: always giving the same answer, class frequencies or the mean, has ` +
    `${needed}. Scale the features, try another learning rate, or train for more epochs.`
  );
}
