import { checkOptions, type NoOptions } from "../core/options.js";
import { relu } from "../ops/activations.js";
import { add, mul, select, sub } from "../ops/elementwise.js";
import { oneHot } from "../ops/one-hot.js";
import { max, sum } from "../ops/reduce.js";
import { meanOver } from "./elements.js";
import { classShares, guessFromMeans } from "./guess.js";
import type { Loss } from "./loss.js";
import { classTargets, requireOutputs, requireTargets, targetsOf } from "./targets.js";

/**
 * Hinge loss, the mean over rows and outputs of max(0, 1 - s y), with s 1 for yes and -1 for no: a linear model becomes a
 * support vector machine; several classes are told apart one against the rest, as sklearn.svm.LinearSVC does. Takes class
 * labels, or floats of -1 (or 0) and 1, as Keras. An output above 0 means yes; there are no probabilities.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function hinge(options: NoOptions = {}): Loss {
  checkOptions("hinge", options, {});
  return {
    config: { loss: "hinge" },
    labels: "classes",
    boundary: 0,
    encode: (data, outputs) => signedTargets("hinge", targetsOf("hinge", data, outputs, -1)),
    ...meanOver((outputs, signs) => relu(sub(1, mul(signs, outputs)))),
    // 1 for the commoner side, or -1, is off by 2 on the rarer one's rows.
    guess: (targets, _, rows) => guessFromMeans(targets, rows, (mean) => 1 - Math.abs(mean)),
    probabilities: (outputs) => outputs,
  };
}

/** Targets of -1, 0 and 1 as -1 and 1. @throws DataError when there are others */
export function signedTargets<T extends ReturnType<typeof targetsOf>>(loss: string, targets: T): T {
  requireTargets(loss, targets, (target) => target === 0 || Math.abs(target) === 1, "0 or -1 for no and 1 for yes");
  return { ...targets, values: targets.values.map((target) => (target > 0 ? 1 : -1)) };
}

/** Below every score that a margin could be taken to. */
const LOWEST = -3e38;

/**
 * Hinge loss of Crammer and Singer (2001), for one class of several: max(0, 1 + maxⱼ≠ₜ yⱼ - yₜ), the mean over rows, as
 * Keras's `categorical_hinge` (but for classes that lie below 0 all together, where Keras takes 0 for the largest).
 * Equal largest ones share the gradient. Takes class indices; the largest output is the answer.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function categoricalHinge(options: NoOptions = {}): Loss {
  checkOptions("categoricalHinge", options, {});
  return {
    config: { loss: "categoricalHinge" },
    labels: "classes",
    outputPerClass: true,
    checkOutputs: (outputs) => requireOutputs("categoricalHinge", outputs, "hinge()"),
    encode: (data, outputs) => classTargets("categoricalHinge", data, outputs),
    perRow(outputs, labels) {
      const isTrue = oneHot(labels, outputs.shape.at(-1)!);
      const rival = max(select(isTrue, LOWEST, outputs), -1);
      return relu(sub(add(1, rival), sum(mul(isTrue, outputs), -1)));
    },
    // Either all outputs alike, or the commonest class ahead by 1, which is off by 2 on the others' rows.
    guess: (targets, outputs, rows) => Math.min(1, 2 - 2 * Math.max(...classShares(targets, outputs, rows))),
    probabilities: (outputs) => outputs,
  };
}
