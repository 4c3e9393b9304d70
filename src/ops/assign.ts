import wgsl from "../../shaders/functions/assign.wgsl";
import { ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { defineOp, type OpFunction } from "../graph/op.js";
import { defineRule } from "./rule.js";
import { update } from "./update.js";

/** p = value, exactly, in the form of an optimizer's update. */
export const assignRule = defineRule("assign", {
  wgsl,
  hyperparameters: ["unused"], // a struct in WGSL has a member at least
  flags: [],
  state: {},
  descend: (k, { gradient: value }) => ({
    factor: k.number(0),
    steps: [[k.number(1), k.sub(k.number(0), value)]],
  }),
});

/**
 * A state's new value, in place: what a layer tells `scope.effect` of. No gradient flows through it.
 *
 * @param state - of `scope.state`, [...shape]
 * @param value - [...shape]
 * @returns the state after the change, [...shape]
 * @throws ShapeError when the shapes differ
 */
export const assign: OpFunction = defineOp("assign", {
  writes: [0],
  shape([state, value]) {
    if (sameShape(state.shape, value.shape)) return state.shape;
    throw new ShapeError(
      `assign: the value ${formatShape(value.shape)} must have the state's shape ${formatShape(state.shape)}.`,
    );
  },
  lower: ([state, value]) => update(state, value, { rule: assignRule, flags: {}, first: 0 }),
  gradient: () => [undefined, undefined],
});
