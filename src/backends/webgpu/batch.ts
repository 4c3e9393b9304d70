import { type Launch, resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { further, perElement, rowGrid, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const startOf = ({ attributes }: Launch) => (attributes.start ?? 0) as number;

export const takeBatch: WebgpuKernel = (launch) => {
  const [data] = launch.inputs;
  const size = sizeOf(resultShape(launch));
  return {
    code: wgsl(`alias Element = ${data.dtype};`, further("takeBatch"), shaders.grid, shaders.step),
    constants: { SIZE: size, ROW_SIZE: rowSize(data.shape), START: startOf(launch) },
    workgroups: perElement(size),
  };
};

export const rowWeights: WebgpuKernel = (launch) => {
  const [batch] = resultShape(launch);
  return {
    code: wgsl(further("rowWeights"), shaders.grid, shaders.step),
    constants: { BATCH: batch, START: startOf(launch) },
    workgroups: perElement(batch),
  };
};

export const collect: WebgpuKernel = ({ inputs }) => ({
  code: wgsl(further("collect"), shaders.grid, shaders.step),
  constants: { ROW_SIZE: rowSize(inputs[1].shape) },
  workgroups: perElement(sizeOf(inputs[1].shape)),
});

export const countNonFinite: WebgpuKernel = ({ inputs }) => {
  const sizes = inputs.map(({ shape }) => `${sizeOf(shape)}u`);
  const element = `fn element(tensor: u32, i: u32) -> f32 {
  switch (tensor) {
    ${inputs.map((_, i) => `case ${i}u { return x_${i}[i]; }`).join("\n    ")}
    default { return 0.0; }
  }
}`;
  return {
    code: wgsl(
      ...inputs.map((_, i) => `@group(1) @binding(${i}) var<storage, read> x_${i}: array<f32>;`),
      `const SIZES = array<u32, ${sizes.length}>(${sizes});`,
      element,
      shaders.countNonFinite,
      shaders.grid,
      shaders.finite,
      shaders.workgroupReduce,
    ),
    constants: { COUNT: sizes.length },
    workgroups: sizes.length,
  };
};

export const correct: WebgpuKernel = (launch) => ({
  code: wgsl(further("correct"), shaders.grid),
  ...rowGrid(launch),
});
