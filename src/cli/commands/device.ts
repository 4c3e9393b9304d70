import { type AdapterSummary, DeviceError } from "../../index.js";
import { commonSettings } from "../settings/table.js";
import { count } from "../text/numbers.js";
import { adapterName, withDevice } from "../training/devices.js";
import { command, type Invocation } from "./command.js";

export const device = command({
  name: "device",
  description: "Show what this machine computes on: adapter, limits, features, and what is missing.",
  arguments: [],
  settings: commonSettings,
  run: runDevice,
});

async function runDevice({ values: { backend }, output }: Invocation<typeof commonSettings>): Promise<void> {
  const chosen = await withDevice(backend, async (device) => ({
    backend: device.backend,
    adapter: adapterName(device),
    description: device.description,
    gpu: device.adapter,
  }));
  output.result(`--backend ${backend} takes ${chosen.description}`);
  if (!chosen.gpu) output.detail(`processor  ${chosen.adapter}`);
  if (chosen.gpu) output.detail(formatAdapter(chosen.gpu));
  // Where the CPU was only second choice, say what else there is.
  const webgpu = backend === "auto" && !chosen.gpu ? await findWebgpu() : undefined;
  if (webgpu?.adapter) {
    output.detail(
      `\n--backend webgpu takes ${webgpu.adapter.description} (software adapter: for tests, slower than the CPU)`,
    );
    output.detail(formatAdapter(webgpu.adapter));
    output.detail(
      "\nA hardware GPU needs its Vulkan, Metal or D3D12 driver, on Linux also the Vulkan loader (libvulkan1).",
    );
  } else if (webgpu) output.detail(`\n${webgpu.missing}`);
  const { description, gpu, ...fields } = chosen;
  output.json({
    ...fields,
    why: description,
    software: gpu?.software ?? false,
    limits: gpu?.limits ?? null,
    features: gpu?.features ?? null,
    ...(webgpu && { webgpu: webgpu.adapter ?? null, remedy: webgpu.missing ?? null }),
  });
}

/** The adapter that `--backend webgpu` takes, or what to do for one. */
async function findWebgpu(): Promise<{ adapter?: AdapterSummary; missing?: string }> {
  try {
    return { adapter: await withDevice("webgpu", async (device) => device.adapter) };
  } catch (error) {
    if (error instanceof DeviceError) return { missing: error.message };
    throw error;
  }
}

function formatAdapter({ vendor, architecture, description, software, limits, features }: AdapterSummary): string {
  const names = Object.keys(limits);
  const width = Math.max(...names.map((name) => name.length));
  const sizes = names.map((name) => `  ${name.padEnd(width)}  ${count(limits[name]).padStart(17)}`);
  return [
    `adapter    ${description}${software ? " (software)" : ""}`,
    `vendor     ${[vendor, architecture].filter(Boolean).join(", ") || "unknown"}`,
    "limits",
    ...sizes,
    "features",
    ...wrap(features.length > 0 ? features : ["none"], 100),
  ].join("\n");
}

/** Words separated by commas, in indented lines. */
function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line && line.length + word.length + 2 > width) {
      lines.push(`${line},`);
      line = "";
    }
    line += line ? `, ${word}` : `  ${word}`;
  }
  return [...lines, line];
}
