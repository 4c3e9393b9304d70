import { resultShape } from "../../compile/plan.js";
import { sizeOf, stridesOf } from "../../core/shape.js";
import { eachElement } from "./elementwise.js";
import { indexExpression } from "./indexing.js";
import { further, perElement, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** y[i] = value(i), an element of an operand. */
const moved: WebgpuKernel = (launch) => {
  const shape = resultShape(launch);
  const value = import("./moves.js").then(({ moves }) =>
    moves[launch.op]({ launch, shape, index: indexExpression, stridesOf }),
  );
  return eachElement(launch, sizeOf(shape), "store(i, value(i));", [value]);
};

export const transpose = moved;
export const slice = moved;
export const pad = moved;
export const concatenate = moved;

export const gather: WebgpuKernel = (launch) => {
  const [table] = launch.inputs;
  const size = sizeOf(resultShape(launch));
  return {
    code: wgsl(`alias Element = ${table.dtype};`, further("gather"), shaders.grid),
    constants: { SIZE: size, COUNT: table.shape[0], ROW_SIZE: rowSize(table.shape) },
    workgroups: perElement(size),
  };
};

export const scatterAdd: WebgpuKernel = (launch) => {
  const [count] = resultShape(launch);
  const size = rowSize(resultShape(launch));
  return {
    code: wgsl(further("scatterAdd"), shaders.grid),
    constants: { N: launch.inputs[0].shape[0], COUNT: count, ROW_SIZE: size },
    workgroups: perElement(count * size),
  };
};
