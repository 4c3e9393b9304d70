import assert from "node:assert";
import { after, before, describe as nodeDescribe, test as nodeTest } from "node:test";
import { format } from "node:util";

/*
 * The part of Vitest that parity tests use, over Node's own runner: so they run on a GPU host that has no npm, bundled
 * to plain JavaScript (see bench.mjs).
 */

type Body = (...values: never[]) => unknown;
type Options = { timeout?: number };
type Run = (name: string, body: () => unknown) => unknown;

export const beforeAll = before;
export const afterAll = after;
export const describe = withEach((name, body) => nodeDescribe(name, () => void body()));
export const test = withEach((name, body) => nodeTest(name, async () => void (await body())));

/** Vitest's `each`: one run for every row of values; a row that is a list gives several arguments. */
function withEach(run: Run) {
  const bodyOf = (rest: (Body | Options)[]) => rest.find((each) => typeof each === "function") as Body;
  const single = (name: string, ...rest: (Body | Options)[]) => run(name, bodyOf(rest) as () => unknown);
  const each =
    (rows: readonly unknown[]) =>
    (name: string, ...rest: (Body | Options)[]) => {
      const body = bodyOf(rest);
      for (const row of rows) {
        const values = Array.isArray(row) ? row : [row];
        const placeholders = name.match(/%[sidj]/g)?.length ?? 0;
        const named = name.replace(/\$(\w+)/g, (_, key) => String((values[0] as Record<string, unknown>)[key]));
        run(format(named, ...values.slice(0, placeholders)), () => body(...(values as never[])));
      }
    };
  return Object.assign(single, { each });
}

const matches = (error: unknown, expected: RegExp | string | (new () => Error) | undefined): boolean => {
  if (expected === undefined) return true;
  if (typeof expected === "function") return error instanceof expected;
  const { message } = error as Error;
  return typeof expected === "string" ? message.includes(expected) : expected.test(message);
};

type Expected = Parameters<typeof matches>[1];

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectation(actual: unknown, what?: string) {
  const check = (passes: boolean, expected: unknown) =>
    assert(passes, `${what ?? ""} expected ${format(expected)}, got ${format(actual)}`);
  const throws = (error: unknown, expected: Expected) =>
    check(error !== undefined && matches(error, expected), expected ?? "an error");
  return {
    toBe: (expected: unknown) => check(Object.is(actual, expected), expected),
    toEqual: (expected: unknown) => assert.deepStrictEqual(actual, expected, what),
    toHaveLength: (length: number) => check((actual as unknown[]).length === length, `length ${length}`),
    toContain: (part: unknown) => check((actual as unknown[]).includes(part), `${part} in it`),
    toBeGreaterThan: (least: number) => check((actual as number) > least, `more than ${least}`),
    toBeGreaterThanOrEqual: (least: number) => check((actual as number) >= least, `at least ${least}`),
    toBeLessThan: (most: number) => check((actual as number) < most, `less than ${most}`),
    toBeLessThanOrEqual: (most: number) => check((actual as number) <= most, `at most ${most}`),
    toBeInstanceOf: (type: new () => unknown) => check(actual instanceof type, type.name),
    toThrow: (expected?: Expected) => throws(thrown(actual as () => unknown), expected),
    not: {
      toThrow: () => check(thrown(actual as () => unknown) === undefined, "no error"),
    },
    rejects: {
      async toThrow(expected?: Expected) {
        throws(await (actual as Promise<unknown>).then(() => undefined).catch((error) => error), expected);
      },
    },
  };
}

export const expect = Object.assign(expectation, { fail: (message: string): never => assert.fail(message) });
