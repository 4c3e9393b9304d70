import { type Plan, resultShape } from "../../compile/plan.js";
import { ModelStepTable } from "../../compile/steps.js";
import { DeviceError } from "../../core/errors.js";
import type { Backend, DeviceBuffer } from "../backend.js";
import type { Completion } from "./completion.js";
import { type Candidate, contest } from "./contest.js";

/** The most bytes of data to measure with: more would take the training's memory. */
const MAX_BYTES = 2 ** 28;

/** The device that plans are measured on. */
export type PlansOn = Pick<Backend, "create" | "destroy" | "load"> & {
  readonly completion: Completion;
  done(): Promise<void>;
};

/**
 * Times steps of each plan on variables of its own, all 0, in turns.
 *
 * @returns the place of the fastest; undefined where there is no room for that
 */
export async function fastestPlan(plans: readonly Plan[], on: PlansOn): Promise<number | undefined> {
  const variables = new Map<string, DeviceBuffer>();
  const candidates: Candidate<number>[] = [];
  const programs: { dispose(): void }[] = [];
  try {
    for (const { name, dtype, length } of variablesOf(plans)) variables.set(name, on.create(name, dtype, length));
    const table = new ModelStepTable(1);
    table.set(0, { first: 0, rows: rowsOf(plans) });
    for (const [way, plan] of plans.entries()) {
      const program = await on.load(plan, variables, 1);
      programs.push(program);
      const run = async (repeats: number) => {
        const started = performance.now();
        for (let i = 0; i < repeats; i++) await program.run(table);
        await on.done();
        return performance.now() - started;
      };
      candidates.push({ way, run, least: Number.POSITIVE_INFINITY });
    }
    return await contest(candidates, on.completion);
  } catch (error) {
    if (error instanceof DeviceError) return undefined;
    throw error;
  } finally {
    for (const program of programs) program.dispose();
    on.destroy([...variables.values()]);
  }
}

/** @throws DeviceError where they take more memory than a measurement may */
function variablesOf(plans: readonly Plan[]) {
  const all = plans.flatMap(({ buffers }) => buffers.flatMap((each) => (each.kind === "variable" ? [each] : [])));
  const variables = [...new Map(all.map((each) => [each.name, each])).values()];
  const bytes = variables.reduce((sum, { length }) => sum + 4 * length, 0);
  if (bytes > MAX_BYTES) throw new DeviceError(`Plans with ${bytes} bytes of data aren't measured.`);
  return variables;
}

/** Rows of a batch, where one is taken from a data set. */
function rowsOf(plans: readonly Plan[]): number {
  const batches = plans.flatMap(({ launches }) => launches).filter(({ op }) => op === "takeBatch");
  return Math.max(1, ...batches.map((launch) => resultShape(launch)[0]));
}
