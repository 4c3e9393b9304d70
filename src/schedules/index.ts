import { ArgumentError } from "../core/errors.js";

/** The learning rate of each epoch. */
export interface Schedule {
  readonly config: { schedule: string } & Record<string, unknown>;
  /** @param epoch - 0, 1, ... @param initial - the optimizer's own rate */
  learningRate(epoch: number, initial: number): number;
}

/** The optimizer's own rate throughout. */
export const constantRate = (): Schedule => ({
  config: { schedule: "constant" },
  learningRate: (_, initial) => initial,
});

/** initial · factor every `every` epochs, as torch StepLR. */
export function stepDecay({ every, factor = 0.1 }: { every: number; factor?: number }): Schedule {
  positive("stepDecay", { every, factor });
  return {
    config: { schedule: "stepDecay", every, factor },
    learningRate: (epoch, initial) => initial * factor ** Math.floor(epoch / every),
  };
}

/** initial · factor^epoch, as torch ExponentialLR. */
export function exponentialDecay({ factor }: { factor: number }): Schedule {
  positive("exponentialDecay", { factor });
  return {
    config: { schedule: "exponentialDecay", factor },
    learningRate: (epoch, initial) => initial * factor ** epoch,
  };
}

/**
 * Half a cosine wave from the initial rate down to `minimum` over `period` epochs, as torch CosineAnnealingLR
 * (Loshchilov, Hutter, 2017): minimum + (initial - minimum) (1 + cos(π epoch / period)) / 2.
 */
export function cosineAnnealing({ period, minimum = 0 }: { period: number; minimum?: number }): Schedule {
  positive("cosineAnnealing", { period });
  if (!(minimum >= 0)) throw new ArgumentError(`cosineAnnealing: minimum must be at least 0, got ${minimum}.`);
  return {
    config: { schedule: "cosineAnnealing", period, minimum },
    learningRate: (epoch, initial) => minimum + ((initial - minimum) * (1 + Math.cos((Math.PI * epoch) / period))) / 2,
  };
}

function positive(schedule: string, options: Record<string, number>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Number.isFinite(value) || value <= 0) {
      throw new ArgumentError(`${schedule}: ${name} must be a finite number above 0, got ${value}.`);
    }
  }
}

const schedules: Record<string, (options: never) => Schedule> = {
  constant: constantRate,
  stepDecay,
  exponentialDecay,
  cosineAnnealing,
};

export const scheduleNames: readonly string[] = /* @__PURE__ */ Object.keys(schedules);

/** The schedule that a saved config describes. @throws ArgumentError when there is no such schedule */
export function scheduleFromConfig(config: Schedule["config"]): Schedule {
  if (!Object.hasOwn(schedules, config?.schedule)) {
    throw new ArgumentError(`There is no schedule "${config?.schedule}"; use ${Object.keys(schedules).join(", ")}.`);
  }
  return schedules[config.schedule](config as never);
}
