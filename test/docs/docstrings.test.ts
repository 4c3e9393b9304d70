// @module-tag slow
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { root } from "./blocks.js";

/*
 * Facts that docstrings of the public surface must state; the reference is made from them.
 */
interface Declaration {
  name: string;
  kind: string;
  isFunction: boolean;
  member?: boolean;
  doc: string;
  /** Of the value, or of what a function returns, as it is written. */
  type: string;
  parameters: { name: string; type: string }[];
  /** Classes of errors that it throws, or a function that it calls. */
  throws: string[];
}

let surface: Declaration[];
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "test/docs/public-surface.mjs")], {
    maxBuffer: 2 ** 26,
  });
  surface = JSON.parse(stdout);
});

const names = (declarations: readonly Declaration[]) => declarations.map(({ name }) => name);
/** Methods that JavaScript itself calls, and what an interface is as a whole. */
const isCustomary = ({ name }: Declaration) => /\.(toString|toJSON|constructor|\[Symbol\.dispose\]|\(\))$/.test(name);

test("the surface is seen", () => {
  const known = ["Trainer.fit", "ops.matmul", "metrics.r2", "readTable", "saveModel", "report", "Model.parameters"];
  expect(names(surface)).toEqual(expect.arrayContaining(known));
  expect(surface.find(({ name }) => name === "Dataset.from")!.throws).toContain("ArgumentError");
});

test("every export has a docstring", () => {
  expect(names(surface.filter(({ member, doc }) => !member && doc === ""))).toEqual([]);
});

test("so has every method, and every number that is an option or a result, for what it counts", () => {
  const said = (each: Declaration) => each.doc !== "" || isCustomary(each);
  const methods = surface.filter(({ member, isFunction, kind }) => member && (isFunction || /Method|Get/.test(kind)));
  expect(names(methods.filter((each) => !said(each)))).toEqual([]);
  const numbers = surface.filter(
    ({ member, type, isFunction }) => member && !isFunction && /^number\b(?!\[)/.test(type),
  );
  expect(numbers.length).toBeGreaterThan(100);
  expect(names(numbers.filter((each) => !said(each)))).toEqual([]);
});

/** Types that hold many numbers; what shape these have, a docstring must tell. */
const ARRAYS = /\b(Float32Array|Float64Array|Uint32Array|ArrayLike<number>|Tensor|OpFunction|number\[\]\[\]|Values)\b/;
/** [rows, classes]; or in words. */
const SHAPE = /\[[^\]\n]*\]|\bshapes?\b|broadcast/;

test("what takes or gives arrays of numbers tells their shapes", () => {
  const typesOf = ({ type, parameters }: Declaration) => [type, ...parameters.map((each) => each.type)];
  const withArrays = surface.filter((each) => typesOf(each).some((type) => ARRAYS.test(type)) && !isCustomary(each));
  expect(withArrays.length).toBeGreaterThan(90);
  expect(names(withArrays.filter(({ doc }) => !SHAPE.test(doc)))).toEqual([]);
});

test("what throws says so, by the class", () => {
  // Without arguments nothing can be wrong with them.
  const throwing = surface.filter(({ throws, parameters, name }) => {
    return throws.length > 0 && parameters.length > 0 && !name.endsWith(".constructor");
  });
  expect(throwing.length).toBeGreaterThan(80);
  const unsaid = throwing.flatMap(({ name, doc, throws }) => {
    const [, said = ""] = doc.split(/@throws(.*)/s);
    return throws.filter((error) => !said.includes(error)).map((error) => `${name}: @throws ${error}`);
  });
  expect(unsaid).toEqual([]);
});
