/*
 * Expressions as they are written: text that knows how strongly it binds, so that parentheses stand where they must and
 * nowhere else. Numbers that are part of an equation (a half, the learning rate) are kept beside the text and multiplied
 * out: 0.25 * 2 * x is written 0.5 * x.
 */

/** Binding strength of a text's outermost operation, the weakest first. */
const BINDS = { sum: 1, prefix: 2, product: 3, power: 4, atom: 5 } as const;

/** coefficient * text, or the coefficient alone where the text is empty. */
export interface Written {
  readonly coefficient: number;
  readonly text: string;
  readonly binds: number;
  /** Place where a Σ begins that reaches to the end of the text: a term that is added must not become part of the sum. */
  readonly open?: number;
}

const plain = (text: string, binds: number): Written => ({ coefficient: 1, text, binds });

/** Six significant digits, without trailing zeros. */
export function digits(value: number): string {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-4 || size >= 1e9) ? rounded.toExponential().replace("e+", "e") : String(rounded);
}

/** A number that belongs to the equation. */
export const literal = (value: number): Written => ({ coefficient: value, text: "", binds: BINDS.atom });

/** A name, or what stands in brackets of its own. */
export const atom = (text: string): Written => plain(text, BINDS.atom);

/** The gradient of something named: a fraction, which needs parentheses before a power. */
export const derivative = (text: string): Written => plain(text, BINDS.power);

/** The number that a named tensor holds at the place that is worked out. */
export const value = (number: number): Written => {
  const text = digits(number);
  return plain(text, text.startsWith("-") ? BINDS.prefix : BINDS.atom);
};

const isLiteral = ({ text }: Written) => text === "";

export function show({ coefficient, text, binds }: Written): string {
  if (text === "") return digits(coefficient);
  if (coefficient === 1) return text;
  const factor = binds < BINDS.product && !isSum(text, binds) ? `(${text})` : text;
  return coefficient === -1 ? `-${factor}` : `${digits(coefficient)} * ${factor}`;
}

/** A coefficient may stand before Σ: 0.5 * Σⱼ x. */
const isSum = (text: string, binds: number) => binds === BINDS.prefix && text.startsWith("Σ");

function bindingOf({ coefficient, text, binds }: Written): number {
  if (text === "") return coefficient < 0 ? BINDS.prefix : BINDS.atom;
  if (coefficient === 1) return binds;
  return coefficient < 0 || isSum(text, binds) ? BINDS.prefix : BINDS.product;
}

/** In parentheses unless it binds at least so strongly. */
const wrap = (written: Written, least: number) => (bindingOf(written) < least ? `(${show(written)})` : show(written));

const bare = (written: Written): Written => ({ ...written, coefficient: 1 });

export function sum(a: Written, b: Written): Written {
  if (isLiteral(a) && isLiteral(b)) return literal(a.coefficient + b.coefficient);
  if (isLiteral(a) && a.coefficient === 0) return b;
  if (isLiteral(b) && b.coefficient === 0) return a;
  return addition(a, b, "+");
}

export function difference(a: Written, b: Written): Written {
  if (isLiteral(a) && isLiteral(b)) return literal(a.coefficient - b.coefficient);
  if (isLiteral(b) && b.coefficient === 0) return a;
  return addition(a, b, "-");
}

function addition(a: Written, b: Written, sign: "+" | "-"): Written {
  const left = closed(a);
  const right = show(b);
  const isNegative = right.startsWith("-");
  const merges = sign === "+" && isNegative && bindingOf(b) > BINDS.sum; // a + -b is a - b
  const needsParentheses = !merges && (isNegative || (sign === "-" && bindingOf(b) === BINDS.sum));
  const start = merges ? `${left} - ` : `${left} ${sign} `;
  const text = start + (merges ? right.slice(1) : needsParentheses ? `(${right})` : right);
  const isOpen = isOpenAtEnd(b) && !needsParentheses;
  return { ...plain(text, BINDS.sum), ...(isOpen && { open: start.length }) };
}

/** With a factor before it, all but a bare Σ stands in parentheses. */
const isOpenAtEnd = ({ open, coefficient, text, binds }: Written) =>
  open !== undefined && (coefficient === 1 || isSum(text, binds));

/** As text to which something can be added. */
function closed(a: Written): string {
  if (!isOpenAtEnd(a)) return show(a);
  return a.coefficient === 1 ? `${a.text.slice(0, a.open)}(${a.text.slice(a.open)})` : `(${show(a)})`;
}

/** @param sign - of elementwise products of tensors ⊙, of numbers * */
export function product(a: Written, b: Written, sign = "*"): Written {
  const coefficient = a.coefficient * b.coefficient;
  if (isLiteral(a) || isLiteral(b)) {
    if (coefficient === 0) return literal(0);
    return { ...(isLiteral(a) ? b : a), coefficient };
  }
  const right = bare(b);
  const endsOpen = isSum(right.text, right.binds);
  const text = `${wrap(bare(a), BINDS.product)} ${sign} ${endsOpen ? right.text : wrap(right, BINDS.product)}`;
  return { coefficient, text, ...(endsOpen ? { binds: BINDS.prefix, open: 0 } : { binds: BINDS.product }) };
}

export function quotient(a: Written, b: Written): Written {
  if (isLiteral(b) && b.coefficient === 1) return a;
  if (isLiteral(a) && isLiteral(b)) {
    const result = a.coefficient / b.coefficient;
    return { coefficient: result, text: "", binds: BINDS.product };
  }
  if (isLiteral(b) && a.coefficient !== 1) return { ...a, coefficient: a.coefficient / b.coefficient };
  const above =
    isLiteral(a) || isSum(a.text, a.binds) ? show(isLiteral(a) ? a : bare(a)) : wrap(bare(a), BINDS.product);
  const text = `${above} / ${wrap(b, BINDS.atom)}`;
  return { coefficient: isLiteral(a) ? 1 : a.coefficient, text, binds: BINDS.product };
}

export const negative = (x: Written): Written => ({ ...x, coefficient: -x.coefficient });

export const power = (base: Written, exponent: Written): Written =>
  plain(`${wrap(base, BINDS.atom)}^${wrap(exponent, BINDS.atom)}`, BINDS.power);

export const squared = (x: Written): Written => plain(`${wrap(x, BINDS.atom)}²`, BINDS.power);

export const root = (x: Written): Written => plain(`√${wrap(x, BINDS.atom)}`, BINDS.power);

export const transposed = (x: Written): Written => ({
  ...plain(`${wrap(bare(x), BINDS.atom)}ᵀ`, BINDS.atom),
  coefficient: x.coefficient,
});

/** name(a, b, ...) */
export const call = (name: string, ...operands: readonly Written[]): Written =>
  atom(`${name}(${operands.map(show).join(", ")})`);

/** Σ over some axes, or what it comes to where all terms are the same number of the equation. */
export function summation(x: Written, indices: string, terms: number): Written {
  if (isLiteral(x)) return literal(x.coefficient * terms);
  const { coefficient } = x;
  return { coefficient, text: `Σ${indices} ${wrap(bare(x), BINDS.product)}`, binds: BINDS.prefix, open: 0 };
}

/** More terms than this are cut. */
const MOST_TERMS = 8;
const SHOWN_TERMS = 4;

/** A sum written out term by term; a long one by its first terms and the last. */
export function termsOf(count: number, term: (i: number) => Written): Written {
  const terms = Array.from({ length: count }, (_, i) => term(i));
  if (terms.every(isLiteral)) return literal(terms.reduce((sofar, { coefficient }) => sofar + coefficient, 0));
  const [{ coefficient }] = terms;
  // A factor of all terms stands before the sum.
  const isShared = count > 1 && terms.every((each) => !isLiteral(each) && each.coefficient === coefficient);
  const bared = isShared ? terms.map(bare) : terms;
  const cut = atom(`... (${count} terms) ...`);
  const shown = count <= MOST_TERMS ? bared : [...bared.slice(0, SHOWN_TERMS - 1), cut, bared[count - 1]];
  const written = shown.reduce((sofar, next) => addition(sofar, next, "+"));
  return isShared ? { ...written, coefficient } : written;
}
