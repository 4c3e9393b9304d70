import { sizeOf } from "../../core/shape.js";
import { perElement, rowGrid, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

export const takeBatch: WebgpuKernel = ({ inputs, output }) => {
  const size = sizeOf(output!.shape);
  return {
    code: wgsl(`alias Element = ${output!.dtype};`, shaders.takeBatch, shaders.grid, shaders.step),
    constants: { SIZE: size, ROW_SIZE: rowSize(inputs[0].shape) },
    workgroups: perElement(size),
  };
};

export const rowWeights: WebgpuKernel = ({ output }) => ({
  code: wgsl(shaders.rowWeights, shaders.grid, shaders.step),
  constants: { BATCH: output!.shape[0] },
  workgroups: perElement(output!.shape[0]),
});

export const record: WebgpuKernel = ({ inputs, attributes }) => ({
  code: wgsl(shaders.record, shaders.grid, shaders.step, shaders.finite),
  constants: { SLOTS: inputs[0].shape[1], SLOT: attributes.slot as number },
  workgroups: 1,
});

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
