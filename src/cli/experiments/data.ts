import { join } from "node:path";
import { joinRows } from "../../data/join.js";
import { type DataOptions, type LoadedData, loadData } from "../training/load-data.js";
import type { Experiment } from "./experiment.js";

/** Rows of a file that is made for --quick. */
const FEW_ROWS = 2000;

/** Loads the data of experiments, each once. */
export class DataLoader {
  readonly #loaded = new Map<string, Promise<LoadedData>>();

  /** @param folder - for files that are made */
  constructor(
    private readonly folder: string,
    private readonly options: { dataDir: string | undefined; isQuick: boolean },
  ) {}

  /** @param asked - options of the command, some of which are for the data @throws DataError when they can't be had */
  load(experiment: Experiment, asked: Readonly<Record<string, unknown>>): Promise<LoadedData> {
    const { data, pipeline, joined } = experiment;
    const { target, features, ignore, categorical, numeric, missing } = asked as DataOptions;
    const columns = { target, features, ignore, categorical, numeric, missing };
    const key = JSON.stringify([data, columns, joined]);
    const loaded = this.#loaded.get(key) ?? this.#load(experiment, columns);
    this.#loaded.set(key, loaded);
    return pipeline ? loaded.then((each) => ({ ...each, pipeline })) : loaded;
  }

  async #load({ data, file, joined }: Experiment, columns: DataOptions): Promise<LoadedData> {
    const { dataDir, isQuick } = this.options;
    if (!file) {
      const { test, ...rest } = await loadData(data, { ...columns, dataDir });
      return joined && test ? { ...rest, data: joinRows([rest.data, test]) } : { ...rest, test };
    }
    const path = join(this.folder, data);
    await file(path, { dataDir, ...(isQuick && { rows: FEW_ROWS }) });
    return loadData(path, columns);
  }
}
