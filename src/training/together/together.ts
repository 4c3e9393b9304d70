import type { Backend } from "../../backends/backend.js";
import { ArgumentError } from "../../core/errors.js";
import { internals } from "../internals.js";
import type { Session } from "../session.js";
import type { Trainer } from "../trainer.js";
import { ReplicaDevice } from "./device.js";
import { ReplicaGroup } from "./group.js";

/**
 * Does work on many trainers of one device side by side: each with the bits that it would have alone. Steps of trainers
 * with the same graph are done in the launches of one; others are done by themselves.
 *
 * @param work - such as `(trainer) => trainer.fit(data)`; what it does beside is done for one after the other
 * @returns what became of each, in their order: one that diverges or fails ends alone
 * @throws ArgumentError when they are of several devices, or one is at work
 */
export async function together<T>(
  trainers: readonly Trainer[],
  work: (trainer: Trainer, place: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  if (trainers.length < 2) return Promise.allSettled(trainers.map(work));
  const [{ device }] = trainers;
  const all = trainers.map((trainer) => internals.get(trainer)!);
  for (const [place, { calls }] of all.entries()) {
    if (trainers[place].device !== device) {
      throw new ArgumentError("Models are trained together on one device. Give all trainers the same.");
    }
    if (!calls.isIdle) throw new ArgumentError(`The trainer ${place} is at work. Await its calls first.`);
  }
  if (new Set(trainers.map(({ model }) => model)).size < trainers.length) {
    throw new ArgumentError("Two trainers have the same model. Make one for each: sequential(...) in the function.");
  }
  const group = new ReplicaGroup(device, trainers.length);
  const sessions = all.map(({ session }) => session);
  try {
    await Promise.all(sessions.map((session, place) => moveTo(session, new ReplicaDevice(group, place))));
    for (const { spec } of all) spec.together = true;
    return await Promise.allSettled(
      trainers.map(async (trainer, place) => {
        const session = sessions[place];
        try {
          return await work(trainer, place);
        } finally {
          all[place].spec.together = false;
          try {
            // A trainer that the work disposed of has nothing to move.
            const { calls } = all[place];
            if (!calls.isOver) await calls.take(() => moveTo(session, device), true);
          } finally {
            group.leave(place);
          }
        }
      }),
    );
  } finally {
    group.dispose();
  }
}

/** Goes to another device with parameters, optimizer state and position. */
async function moveTo(session: Session, device: Backend): Promise<void> {
  try {
    // Where no device is lost, the optimizer's state stays on it.
    const isAllHome = session.isHome && (session.device.reopen || session.held?.state.size === 0);
    if (session.held && !isAllHome) {
      await session.survive(async (memory) => session.takeHome(await memory.read([...memory.variables.values()])));
    }
  } finally {
    session.setHome(true);
    session.held?.dispose();
    session.held = undefined;
    session.device = device;
  }
}
