import attentionShader from "../../../shaders/attention.wgsl";
import gradientShader from "../../../shaders/attention-gradient.wgsl";
import type { Launch } from "../../compile/plan.js";
import { resultShape } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { type Attention, type AttentionGradient, sizesOf } from "../../ops/attention.js";
import { glue, type Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

/** Queries or keys of a workgroup. */
const BLOCK = 64;
const MOST_TILE = 16;
/** Vectors of both tiles in a workgroup's memory, of which 16 KiB are promised; the gradient keeps two numbers a row as well. */
const TILE_VECTORS = 960;
/** Of four vectors an invocation, which WGSL allows 8 KiB. */
const MOST_SIZE = 448;

/** Constants that workgroup memory and an invocation's own memory have as their lengths. */
function tilesOf({ label }: Launch, size: number): Part {
  if (size > MOST_SIZE) {
    throw new DeviceError(
      `${label}: heads of ${size} features need more memory than an invocation has; at most ${MOST_SIZE} fit. Take more ` +
        'heads, or backend: "wasm".',
    );
  }
  const quads = Math.ceil(size / 4);
  const tile = Math.min(MOST_TILE, Math.floor(TILE_VECTORS / 2 / quads));
  const lengths = { SIZE: size, QUADS: quads, TILE: tile };
  const text = Object.entries(lengths).map(([name, length]) => `const ${name}: u32 = ${length}u;`);
  return glue("webgpu/attention.ts", text.join("\n"));
}

/** Readers of four features of a head that begins at `at`; those past its end are 0. */
function quadsOf(readers: readonly string[], size: number): Part {
  const lane = (name: string, lane: number) => {
    const value = `${name.replace("_quad", "_at")}(at + 4u * quad + ${lane}u)`;
    return size % 4 === 0 || lane === 0 ? value : `select(0.0, ${value}, 4u * quad + ${lane}u < SIZE)`;
  };
  const reader = (name: string) =>
    `fn ${name}(at: u32, quad: u32) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map((i) => lane(name, i)).join(", ")}); }`;
  return glue("webgpu/attention.ts", readers.map(reader).join("\n"));
}

const unmasked = glue("webgpu/attention.ts", "fn mask_at(i: u32) -> f32 { return 1.0; }");

/** Parts and constants that attention and its gradient have in common. @param readers - of four features */
function common(
  launch: Launch,
  shader: Part,
  [q, k, v]: Launch["inputs"],
  readers: readonly string[],
): { parts: Part[]; constants: Record<string, number>; sizes: ReturnType<typeof sizesOf> } {
  const attributes = launch.attributes as Attention;
  const { heads, keyHeads, causal, masked } = attributes;
  const sizes = sizesOf(q.shape, k.shape, attributes);
  const { queries, keys, size, keysFrom, valuesFrom } = sizes;
  const parts = [tilesOf(launch, size), shader, quadsOf(readers, size), ...(masked ? [] : [unmasked])];
  const constants = {
    ...{ QUERIES: queries, KEYS: keys, HEADS: heads, GROUP: heads / keyHeads, SCALE: 1 / Math.sqrt(size) },
    ...{ Q_WIDTH: q.shape[2], K_WIDTH: k.shape[2], V_WIDTH: v.shape[2], K_START: keysFrom, V_START: valuesFrom },
    ...{ CAUSAL: Number(causal), MASKED: Number(masked) },
  };
  return { parts, constants, sizes };
}

const READERS = ["q_quad", "k_quad", "v_quad"];
const masks = ({ attributes }: Launch) => (attributes.masked ? ["mask"] : []);

export const attention: WebgpuKernel = (launch) => {
  const { parts, constants, sizes } = common(launch, attentionShader, launch.inputs, READERS);
  const { heads } = launch.attributes as Attention;
  const work = Math.ceil(sizes.queries / BLOCK) * heads * sizes.batch;
  return { inputs: ["q", "k", "v", ...masks(launch)], parts, constants, entry: { work } };
};

export const attentionGradient: WebgpuKernel = (launch) => {
  const { heads, keyHeads, of } = launch.attributes as AttentionGradient;
  const readers = [...READERS, "dy_quad", "forward_quad"];
  const { parts, constants, sizes } = common(launch, gradientShader, launch.inputs.slice(1), readers);
  const { batch, queries, keys, size, features } = sizes;
  const queryUnits = of === "keys" ? 0 : Math.ceil(queries / BLOCK) * heads * batch;
  const keyUnits = of === "queries" ? 0 : Math.ceil(keys / BLOCK) * keyHeads * batch;
  const keysFrom = of === "all" ? features : 0;
  const own = {
    ...{ SLOPES: launch.inputs[0].shape[2], Y_WIDTH: resultShape(launch)[2], QUERY_UNITS: queryUnits },
    ...{ DK_START: keysFrom, DV_START: keysFrom + keyHeads * size },
  };
  return {
    inputs: ["dy", "q", "k", "v", "forward", ...masks(launch)],
    parts,
    constants: { ...constants, ...own },
    entry: { work: queryUnits + keyUnits },
  };
};
