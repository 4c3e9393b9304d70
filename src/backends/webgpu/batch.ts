import collectShader from "../../../shaders/collect.wgsl";
import correctShader from "../../../shaders/correct.wgsl";
import countShader from "../../../shaders/count-non-finite.wgsl";
import rowWeightsShader from "../../../shaders/row-weights.wgsl";
import takeBatchShader from "../../../shaders/take-batch.wgsl";
import { type Launch, resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { glue } from "./glue.js";
import { eachRow, rowSize, type WebgpuKernel } from "./kernel.js";

const startOf = ({ attributes }: Launch) => (attributes.start ?? 0) as number;

export const takeBatch: WebgpuKernel = (launch) => ({
  inputs: ["data", "order"],
  parts: [takeBatchShader],
  constants: { ROW_SIZE: rowSize(launch.inputs[0].shape), START: startOf(launch) },
  entry: { each: sizeOf(resultShape(launch)) },
});

export const rowWeights: WebgpuKernel = (launch) => ({
  inputs: [],
  parts: [rowWeightsShader],
  constants: { START: startOf(launch) },
  entry: { each: sizeOf(resultShape(launch)) },
});

export const collect: WebgpuKernel = ({ inputs: [, { shape }] }) => ({
  inputs: ["all", "x"],
  parts: [collectShader],
  constants: { ROW_SIZE: rowSize(shape) },
  entry: { each: sizeOf(shape) },
});

export const countNonFinite: WebgpuKernel = ({ inputs }) => {
  const cases = (value: (tensor: number) => string) =>
    inputs.map((_, tensor) => `    case ${tensor}u: { return ${value(tensor)}; }`).join("\n");
  const tensors = `fn element(tensor: u32, i: u32) -> f32 {
  switch (tensor) {
${cases((tensor) => `x_${tensor}_at(i)`)}
    default: { return 0.0; }
  }
}

fn size_of(tensor: u32) -> u32 {
  switch (tensor) {
${cases((tensor) => `${sizeOf(inputs[tensor].shape)}u`)}
    default: { return 0u; }
  }
}`;
  return {
    inputs: inputs.map((_, i) => `x_${i}`),
    parts: [glue("webgpu/batch.ts", tensors), countShader],
    entry: { work: inputs.length },
  };
};

export const correct: WebgpuKernel = (launch) => ({
  inputs: ["logits", "labels"],
  parts: [correctShader],
  ...eachRow(launch),
});
