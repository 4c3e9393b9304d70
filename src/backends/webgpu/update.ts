import type { Launch } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { UpdateAttributes } from "../../ops/update.js";
import { type KernelSource, perElement, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** Glue that binds the state and moves an element's moments between it and the lanes that the rule uses. */
function stateAccess(lanes: readonly string[]): string {
  const load = lanes.map((lane, slot) => `moments.${lane} = state[${slot}u * SIZE + i];`);
  const store = lanes.map((lane, slot) => `state[${slot}u * SIZE + i] = moments.${lane};`);
  return wgsl(
    ...(lanes.length ? ["@group(1) @binding(2) var<storage, read_write> state: array<f32>;"] : []),
    `fn load_moments(i: u32) -> vec3<f32> {\n  var moments = vec3<f32>();\n  ${load.join("\n  ")}\n  return moments;\n}`,
    `fn store_moments(i: u32, moments: vec3<f32>) {\n  ${store.join("\n  ")}\n}`,
  );
}

function updateKernel(launch: Launch, rule: string, options: Record<string, boolean>, lanes: string[]): KernelSource {
  const size = sizeOf(launch.inputs[0].shape);
  const constants = Object.entries(options).map(([name, value]) => `const ${name} = ${value};`);
  return {
    code: wgsl(...constants, stateAccess(lanes), rule, shaders.update, shaders.grid, shaders.step),
    constants: { SIZE: size, FIRST: (launch.attributes as UpdateAttributes).first },
    workgroups: perElement(size),
  };
}

export const sgd: WebgpuKernel = (launch) => {
  const { momentum, nesterov } = launch.attributes as { momentum: boolean; nesterov: boolean };
  return updateKernel(launch, shaders.sgdFunction, { MOMENTUM: momentum, NESTEROV: nesterov }, momentum ? ["x"] : []);
};

export const rmsprop: WebgpuKernel = (launch) => {
  const { centered, momentum } = launch.attributes as { centered: boolean; momentum: boolean };
  const lanes = ["x", ...(centered ? ["y"] : []), ...(momentum ? ["z"] : [])];
  return updateKernel(launch, shaders.rmspropFunction, { CENTERED: centered, MOMENTUM: momentum }, lanes);
};

export const adam: WebgpuKernel = (launch) => {
  const { amsgrad } = launch.attributes as { amsgrad: boolean };
  return updateKernel(launch, shaders.adamFunction, { AMSGRAD: amsgrad }, ["x", "y", ...(amsgrad ? ["z"] : [])]);
};
