/** Numbers as a language writes them. */
export interface Numbers {
  /** A whole number: 1,797. */
  count(value: number): string;
  /** A number in a field, all of it. */
  field(value: number): string;
  /** Three significant digits. */
  short(value: number): string;
  /** As many significant digits as float32 has. */
  exact(value: number): string;
  /** A share of a hundred, one decimal. */
  percent(share: number): string;
}

const known = new Map<string, Numbers>();

export function numbersOf(language: string): Numbers {
  let numbers = known.get(language);
  if (!numbers) {
    const write = (options: Intl.NumberFormatOptions) => {
      const format = new Intl.NumberFormat(language, options);
      return (value: number) => (Number.isFinite(value) ? format.format(value).replace("-", "−") : "–");
    };
    const plain = write({ maximumSignificantDigits: 3 });
    const tiny = write({ notation: "scientific", maximumSignificantDigits: 3 });
    const sign = new Intl.NumberFormat(language).format(0.5).replace(/\d/g, "");
    numbers = {
      field: (value) => String(value).replace(".", sign),
      count: write({ maximumFractionDigits: 0 }),
      short: (value) => (value !== 0 && Math.abs(value) < 1e-3 ? tiny(value) : plain(value)),
      exact: write({ minimumSignificantDigits: 7, maximumSignificantDigits: 7 }),
      percent: write({ style: "percent", maximumFractionDigits: 1 }),
    };
    known.set(language, numbers);
  }
  return numbers;
}
