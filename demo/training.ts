import type { Backend } from "neuromotor";
import { adam, dense, type EpochRecord, type History, type Model, rmsprop, sequential, sgd, Trainer } from "neuromotor";
import { experiments, type Parts } from "./experiments.js";
import type { Settings } from "./settings.js";

const optimizers = { sgd, rmsprop, adam };

/** The page is redrawn and answers clicks at least this often, in ms, also when the CPU trains on its thread. */
const LONGEST_SILENCE = 12;

/** One training of one model, which can be paused. */
export class Training {
  readonly model: Model;
  readonly trainer: Trainer;
  readonly stepsPerEpoch: number;
  #resume?: () => void;
  #pause?: Promise<void>;
  #stopped = false;

  /** @throws ArgumentError or ShapeError when the settings make no model */
  constructor(
    readonly settings: Settings,
    readonly parts: Parts,
    device: Backend,
  ) {
    const { data, layers, activation, optimizer, learningRate, batchSize, seed } = settings;
    const { outputs, loss } = experiments[data];
    this.model = sequential({ input: parts.train.shape, seed }, [
      ...layers.map((size) => dense(size, { activation })),
      dense(outputs), // logits: the losses take logits
    ]);
    this.trainer = new Trainer(this.model, {
      device,
      loss: loss(),
      optimizer: optimizers[optimizer]({ learningRate }),
      metrics: ["accuracy"],
    });
    this.stepsPerEpoch = Math.ceil(parts.train.rows / Math.min(batchSize, parts.train.rows));
  }

  get paused(): boolean {
    return this.#pause !== undefined;
  }

  /** Training waits after the epoch in hand until it is resumed or stopped. */
  pause(): void {
    this.#pause ??= new Promise((resolve) => {
      this.#resume = resolve;
    });
  }

  resume(): void {
    this.#resume?.();
    this.#pause = undefined;
  }

  /** Training ends after the epoch in hand. */
  stop(): void {
    this.#stopped = true;
    this.resume();
  }

  /**
   * Trains to the end, or until stopped.
   *
   * @param onEpoch - told every epoch
   * @throws DivergedError, DeviceLostError, or what `fit` throws
   */
  run(onEpoch: (record: EpochRecord) => void): Promise<History> {
    const { batchSize, epochs, seed } = this.settings;
    let drawn = performance.now();
    return this.trainer.fit(this.parts.train, {
      epochs,
      batchSize,
      seed,
      validation: this.parts.validation,
      callbacks: [
        {
          onEpoch: async (record) => {
            onEpoch(record);
            if (performance.now() - drawn > LONGEST_SILENCE) {
              await nextTask();
              drawn = performance.now();
            }
            await this.#pause;
            return this.#stopped ? "stop" : undefined;
          },
        },
      ],
    });
  }
}

const channel = new MessageChannel();

/** Lets the browser draw and handle input. Unlike a timer, a message isn't held back in a hidden tab. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(undefined);
  });
}
