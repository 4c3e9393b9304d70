import { test } from "vitest";
import { surviveKills } from "../node/kills.js";

test("100 times killed at any moment, every checkpoint is whole, and the run is as if it had never been", async () => {
  await surviveKills(100);
}, 600_000);
