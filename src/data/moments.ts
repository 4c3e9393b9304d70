/** Mean and population deviation in float64, the mean by differences from the first number. */
export function momentsOf(values: ArrayLike<number>): { mean: number; deviation: number } {
  const first = values[0];
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] - first;
  const mean = first + sum / values.length;
  let squares = 0;
  let isConstant = true;
  for (let i = 0; i < values.length; i++) {
    squares += (values[i] - mean) ** 2;
    if (values[i] !== first) isConstant = false;
  }
  return { mean, deviation: isConstant ? 0 : Math.sqrt(squares / values.length) };
}
