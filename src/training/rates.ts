import { ArgumentError } from "../core/errors.js";
import type { ScoreNames } from "../core/monitor.js";
import type { FollowedEpoch, Schedule } from "../schedules/index.js";

/** Where a training is, as far as its rates go. */
interface Place {
  readonly epoch: number;
  readonly step: number;
  /** Before the schedule. */
  readonly learningRate: number;
  scheduleState?: unknown;
}

/** A schedule's memory, and which schedule's it is: to another it would mean nothing. */
interface Memory {
  of: string;
  state: unknown;
}

/** The learning rates of a training with a schedule. What the schedule remembers stays with the trainer. */
export class Rates {
  readonly #of: string;

  constructor(
    private readonly schedule: Schedule,
    private readonly place: Place,
    private readonly stepsPerEpoch: number,
  ) {
    this.#of = JSON.stringify(schedule.config);
  }

  /**
   * The rate of each step of the epochs that come next.
   *
   * @param begin - where they begin, if not where the training is
   * @throws ArgumentError when the schedule gives something else than a finite number, 0 or more. All rates are asked for
   * at once: what is wrong with one must not show in the middle of an epoch.
   */
  next(epochs: number, begin: Pick<Place, "step" | "learningRate"> = this.place): (step: number) => number {
    const { schedule, place, stepsPerEpoch } = this;
    const { per = "epoch", config } = schedule;
    const [first, stepsPerRate] = per === "step" ? [begin.step, 1] : [place.epoch, stepsPerEpoch];
    const rates = Array.from({ length: (epochs * stepsPerEpoch) / stepsPerRate }, (_, i) => {
      const rate = schedule.learningRate(first + i, begin.learningRate, this.#state);
      if (Number.isFinite(rate) && rate >= 0) return rate;
      throw new ArgumentError(
        `The schedule "${config?.schedule}" gave ${rate} for ${per} ${first + i}; a learning rate is a finite number, 0 or more.`,
      );
    });
    return (step) => rates[Math.floor(step / stepsPerRate)];
  }

  /** Lets the schedule know of an epoch that is over. */
  follow(record: FollowedEpoch, scores: ScoreNames): void {
    const { schedule, place } = this;
    if (schedule.follow) place.scheduleState = { of: this.#of, state: schedule.follow(this.#state, record, scores) };
  }

  get #state(): unknown {
    const { of, state } = (this.place.scheduleState ?? {}) as Partial<Memory>;
    return of === this.#of ? state : undefined;
  }
}
