import type { Launch } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { emitters } from "./chain.js";
import { epilogue } from "./epilogue.js";
import { type TensorMemory, Tensors } from "./glue.js";
import type { KernelSource, WebgpuKernel } from "./kernel.js";
import { kernels } from "./kernels.js";
import { isStrided } from "./matmul.js";
import type { ChooseMatmul } from "./matmul-kernels.js";

/** The kernel of a launch. Those that networks of dense layers have no use for are loaded when one is first asked for. */
async function kernelOf(launch: Launch): Promise<WebgpuKernel> {
  const isAtHand = launch.op === "matmul" ? isStrided(launch) : launch.op in kernels;
  const kernel = isAtHand ? kernels[launch.op] : await (await import("./further-kernels.js")).furtherKernel(launch.op);
  if (!kernel) throw new DeviceError(`${launch.label}: the WebGPU backend has no kernel for "${launch.op}".`);
  const areBytes = launch.inputs.some(({ dtype }) => dtype === "unorm8");
  return areBytes ? (await import("./further-kernels.js")).withBytes(kernel) : kernel;
}

/**
 * Puts the parts of a launch's kernel together: its shader, the glue that reaches its tensors, and its epilogue.
 *
 * @throws DeviceError where the backend has no kernel for the op
 */
export async function sourceOf(launch: Launch, choose: ChooseMatmul, memory: TensorMemory): Promise<KernelSource> {
  const kernel = (await kernelOf(launch))(launch, choose);
  const { inputs, sized = [], parts } = kernel;
  const tensors = new Tensors(memory);
  launch.inputs.forEach((input, i) => {
    tensors.input(inputs[i], input, launch.writes.includes(i), sized.includes(inputs[i]));
  });
  const areKnown = () => launch.results?.every(({ chain }) => chain.every(({ op }) => op in emitters)) ?? true;
  // Each adds its functions.
  if (!areKnown()) await import("./further-functions.js");
  if (!areKnown()) await import("./sequence-kernels.js");
  const followed = epilogue(launch, tensors);
  return { ...kernel, parts: [...parts, tensors.part, ...followed] };
}
