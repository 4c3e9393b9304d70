// @module-tag slow
import { test } from "vitest";
import { surviveKills } from "./kills.js";

test("10 times killed at any moment, every checkpoint is whole, and the run is as if it had never been", async () => {
  await surviveKills(10);
}, 600_000);
