import { sizeOf } from "../../core/shape.js";
import { resultShape } from "./elementwise.js";
import { perElement, rowGrid, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

export const takeBatch: WebgpuKernel = (launch) => {
  const [data] = launch.inputs;
  const size = sizeOf(resultShape(launch));
  return {
    code: wgsl(`alias Element = ${data.dtype};`, shaders.takeBatch, shaders.grid, shaders.step),
    constants: { SIZE: size, ROW_SIZE: rowSize(data.shape) },
    workgroups: perElement(size),
  };
};

export const rowWeights: WebgpuKernel = (launch) => {
  const [batch] = resultShape(launch);
  return {
    code: wgsl(shaders.rowWeights, shaders.grid, shaders.step),
    constants: { BATCH: batch },
    workgroups: perElement(batch),
  };
};

export const collect: WebgpuKernel = ({ inputs }) => ({
  code: wgsl(shaders.collect, shaders.grid, shaders.step),
  constants: { ROW_SIZE: rowSize(inputs[1].shape) },
  workgroups: perElement(sizeOf(inputs[1].shape)),
});

export const countNonFinite: WebgpuKernel = ({ inputs }) => ({
  code: wgsl(shaders.countNonFinite, shaders.grid, shaders.finite, shaders.workgroupReduce),
  constants: { SIZE: sizeOf(inputs[0].shape) },
  workgroups: 1,
});

export const correct: WebgpuKernel = (launch) => ({ code: wgsl(shaders.correct, shaders.grid), ...rowGrid(launch) });
