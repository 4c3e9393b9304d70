/** Where a logarithmic axis has its lines: at powers of ten; over less than two of them at 2 and 5 as well. */
export function logarithmicTicks(least: number, greatest: number): number[] {
  const powers = Math.log10(greatest / least);
  const factors = powers < 2 ? [1, 2, 5] : [1];
  const stride = Math.max(1, Math.ceil(powers / 6));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= greatest; power++) {
    if (power % stride !== 0) continue;
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks.filter((tick) => tick >= least / 1.5 && tick <= greatest * 1.5);
}
