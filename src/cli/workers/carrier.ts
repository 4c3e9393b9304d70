import { type CarryOut, carryingOut } from "../../node/queue/carry.js";
import { digestOf } from "../../node/queue/digest.js";
import { openDevice } from "../../node.js";
import { fitAsJson } from "../../sweep/queue.js";
import { variantOf } from "../../sweep/variant.js";
import { sweepSettings } from "../commands/sweep-settings.js";
import type { KeptCommand } from "../runs/sweep.js";
import { askedOf } from "../settings/search.js";
import { defaultsOf, type Values } from "../settings/setting.js";
import type { BackendChoice } from "../settings/table.js";
import { loadData } from "../training/load-data.js";
import { type SweepPlan, workOf } from "../training/sweep.js";

/** Work and means of a carrier. */
export interface CarrierOrder {
  command: KeptCommand;
  backend: BackendChoice;
  /** Of its device; as many as the machine has where absent. */
  threads?: number;
  dataDir?: string;
}

/** Facts by which a carrier and a sweep are held against each other. */
export interface CarrierFacts {
  digest: string;
  fit: string;
  isPruned: boolean;
  variant: string;
}

/** Something that carries out a sweep's trainings, one group at a time. */
export interface Carrier extends CarrierFacts {
  carryOut: CarryOut;
  dispose(): Promise<void> | void;
}

/** A carrier in this thread. @throws what is wrong with the data, the settings or the device */
export async function carrierHere({ command, backend, threads, dataDir }: CarrierOrder): Promise<Carrier> {
  const asked = askedOf(command.options, sweepSettings) as SweepPlan["asked"] & { seed?: number };
  const values = { ...defaultsOf(sweepSettings), ...asked, dataDir } as Values<typeof sweepSettings>;
  const loaded = await loadData(command.data, values);
  const device = await openDevice({ backend, threads });
  try {
    const { seed, pruning, objective } = values;
    const work = workOf(loaded, { asked, seed, pruning, objectives: objective }, device);
    const { data, fit } = work;
    return {
      digest: digestOf(data, fit.validation),
      fit: fitAsJson(fit),
      isPruned: work.pruning !== undefined,
      variant: variantOf(device),
      carryOut: carryingOut(work, work.pruning, work.pruning ? { monitor: work.objective } : null),
      dispose: () => device.dispose(),
    };
  } catch (error) {
    device.dispose();
    throw error;
  }
}
