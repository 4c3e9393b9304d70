import { describe, expect, test } from "vitest";
import { DeviceLostError } from "../../src/index.js";
import { recover } from "../../src/training/recover.js";
import type { Session } from "../../src/training/session.js";

/** A session whose device is lost as often as told: each time that it is opened again, but for the last. */
function lostSession({ losses = 1, home = {}, kept = false, position = {} }: Told = {}) {
  const log: string[] = [];
  let left = losses;
  const memory = {
    copyOf: (name: string) => (kept && name === "kept" ? new Map([[{ label: "w" }, "copy of w"]]) : undefined),
    keep: (name: string) => log.push(`keep ${name}`),
    device: { write: (copy: string, values: ArrayLike<number>) => log.push(`write ${copy}: ${Array.from(values)}`) },
  };
  const session = {
    memory,
    device: { reopen: async () => log.push("reopen") },
    position: { epoch: 5, step: 50, ...position },
    home: { epoch: 5, step: 50, ...home },
    get isLost() {
      return left > 0;
    },
    renew() {
      left--;
      log.push("renew");
      return memory;
    },
  };
  return { session: session as unknown as Session, log };
}

interface Told {
  losses?: number;
  home?: object;
  kept?: boolean;
  position?: object;
}

const lost = () => Promise.reject(new DeviceLostError("lost"));

describe("work on a device that was lost", () => {
  test("begins anew on another memory", async () => {
    const { session, log } = lostSession();
    expect(await recover(session, async (memory) => (memory === session.memory ? "done" : "other"))).toBe("done");
    expect(log).toEqual(["reopen", "renew"]);
  });

  test("and again where it is lost meanwhile, but not for ever", async () => {
    const { session, log } = lostSession({ losses: 3 });
    expect(await recover(session, () => (session.isLost ? lost() : Promise.resolve("done")))).toBe("done");
    expect(log.filter((each) => each === "reopen")).toHaveLength(3);
    const forGood = lostSession({ losses: 99 });
    await expect(recover(forGood.session, lost)).rejects.toThrow("lost");
    expect(forGood.log.filter((each) => each === "reopen")).toHaveLength(4);
  });

  test("an error of its own ends it at once", async () => {
    const { session, log } = lostSession();
    await expect(recover(session, () => Promise.reject(new Error("its own")))).rejects.toThrow("its own");
    expect(log).toEqual(["reopen", "renew"]);
  });

  test("has the parameters that a callback kept, as they are at home", async () => {
    const keptAtHome = new Map([["w", { values: Float32Array.of(1, 2) }]]);
    const { session, log } = lostSession({ kept: true, home: { kept: keptAtHome } });
    await recover(session, async () => {});
    expect(log).toEqual(["reopen", "renew", "keep kept", "write copy of w: 1,2"]);
  });
});

describe("steps that were not brought home", () => {
  test("are gone: the training is back at those that were, and says so", async () => {
    const underway = { sums: [1], rows: 8 };
    const { session } = lostSession({ home: { epoch: 3, step: 30, underway } });
    const work = recover(session, async () => "done");
    await expect(work).rejects.toThrow(DeviceLostError);
    await expect(work).rejects.toThrow(/lost after epoch 5, .* back at the end of epoch 3, .* Call fit again/);
    expect(session.position).toEqual({ epoch: 3, step: 30, underway });
  });

  test("and so are kept parameters that were only there", async () => {
    await expect(recover(lostSession({ kept: true }).session, async () => "done")).rejects.toThrow(DeviceLostError);
  });
});
