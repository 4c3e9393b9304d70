import { readFile, writeFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { rests, withPlayground } from "../browser/built-playground.mjs";

/*
 * How smooth the playground is: tasks over 50 ms of the page's thread and frames a second while it trains digits and
 * images of MNIST's size, the time to XOR's first update, the bytes of the first load.
 *
 *   chrt -r 50 node test/bench/playground.mjs [seconds of each training; 8]
 *
 * Round robin: as if the machine were quiet, and the browser's own threads share it. A frame of training has a new state of
 * it: where a step takes longer than a frame, steps a second are the most there can be.
 */

const SECONDS = Number(process.argv[2] ?? 8);
const ROWS = 60_000;
const BACKENDS = ["wasm", "webgpu"];

/** An IDX file of bytes without a pattern; labels 0 to 9 in turn. */
function idx(...shape) {
  const values = Buffer.alloc(shape.reduce((product, size) => product * size, 1));
  let state = 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = shape.length === 1 ? i % 10 : state >>> 24;
  }
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([head, values]);
}

/** Trains for some seconds and watches the page's thread meanwhile. */
const watch = (page) =>
  page.evaluate(async (seconds) => {
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((each) => each.duration)));
    observer.observe({ type: "longtask" });
    const { playground } = globalThis;
    const [times, painted] = [[], []];
    let isOver = false;
    const stop = playground.frame.subscribe(({ step }) => times.push({ step, at: performance.now() }));
    const paint = (at) => {
      painted.push(at);
      if (!isOver) requestAnimationFrame(paint);
    };
    requestAnimationFrame(paint);
    playground.play();
    const began = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
    playground.pause();
    isOver = true;
    stop();
    await new Promise((resolve) => setTimeout(resolve, 300)); // reports of tasks come later
    observer.disconnect();
    // The first is of before; what comes until the second is the start of a training: kernels are compiled, rows loaded.
    const [, first] = times;
    const last = times.at(-1);
    const taken = (last.at - first.at) / 1000;
    const gaps = times.slice(2).map(({ at }, i) => at - times[i + 1].at);
    return {
      tasks: tasks.map(Math.round),
      started: first.at - began,
      frames: gaps.length / taken,
      longest: Math.max(...gaps),
      paints: painted.filter((at) => at >= first.at && at <= last.at).length / taken,
      steps: (last.step - first.step) / taken,
    };
  }, SECONDS);

/** Milliseconds of processor time of each task of the page's thread: on a busy machine tasks are long that only waited. */
function workOf({ traceEvents }) {
  const tasks = new Map();
  const mains = traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  for (const { name, pid, tid, tdur } of traceEvents) {
    if (!name.endsWith("RunTask") || tdur === undefined) continue;
    if (!mains.some((main) => main.pid === pid && main.tid === tid)) continue;
    tasks.set(pid, [...(tasks.get(pid) ?? []), tdur / 1000]);
  }
  // The renderer that worked most is the page's.
  const sum = (list) => list.reduce((total, each) => total + each, 0);
  return [...tasks.values()].sort((a, b) => sum(b) - sum(a))[0] ?? [0];
}

async function measure({ browser, url, folder }) {
  const open = async (hash, before) => {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    before?.(page);
    await page.goto(url + hash);
    await rests(page);
    return page;
  };
  const fetched = new Set();
  const first = await open("", (page) =>
    page.on("response", (response) => fetched.add(new URL(response.url()).pathname)),
  );
  await first.context().close();
  const sizes = [...fetched].filter((name) => name.includes("/assets/") && !/(assembly|backend)-[^/]*$/.test(name));
  const bytes = await Promise.all(sizes.map(async (name) => gzipSync(await readFile(join(folder, name))).length));
  console.log(
    `first load: ${(bytes.reduce((sum, each) => sum + each, 0) / 1000).toFixed(1)} kB compressed in ${sizes.length} files`,
  );

  const xor = await open("#data=xor");
  const update = await xor.evaluate(async () => {
    const began = performance.now();
    globalThis.playground.step();
    while (globalThis.playground.frame.value.step < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    return performance.now() - began;
  });
  await xor.context().close();
  const cold = await (await browser.newContext()).newPage();
  const began = performance.now();
  await cold.goto(`${url}#data=xor`);
  await rests(cold);
  await cold.evaluate(() => globalThis.playground.step());
  await cold.waitForFunction(() => globalThis.playground.frame.value.step === 1);
  console.log(
    `first update of XOR: ${update.toFixed(0)} ms after the click; ${(performance.now() - began).toFixed(0)} ms from an empty page`,
  );
  await cold.context().close();

  const file = async (name, ...shape) => {
    await writeFile(join(folder, name), idx(...shape));
    return join(folder, name);
  };
  const files = [
    await file("train-images-idx3-ubyte", ROWS, 28, 28),
    await file("train-labels-idx1-ubyte", ROWS),
    await file("t10k-images-idx3-ubyte", 10_000, 28, 28),
    await file("t10k-labels-idx1-ubyte", 10_000),
  ];
  for (const backend of BACKENDS) {
    for (const data of ["digits", "mnist"]) {
      const page = await open(`#data=${data}&backend=${backend}`);
      if (data === "mnist") {
        await page.locator("#data input[type=file]").setInputFiles(files);
        await page.waitForFunction(() => globalThis.playground.info.value !== undefined, null, { timeout: 300_000 });
        await rests(page);
      }
      await browser.startTracing(page, { categories: ["toplevel", "__metadata"] });
      const { tasks, started, frames, longest, paints, steps } = await watch(page);
      const worked = workOf(JSON.parse(await browser.stopTracing()));
      const perFrame = worked.reduce((sum, each) => sum + each, 0) / Math.max(1, frames * SECONDS);
      console.log(
        `${backend}, ${data}: ${tasks.length} tasks over 50 ms in ${SECONDS} s (${tasks.join(", ") || "none"}), ` +
          `by processor time ${worked.filter((each) => each > 50).length}, the longest ${Math.max(...worked).toFixed(0)} ms; ` +
          `${frames.toFixed(1)} frames of training a second, the first after ${started.toFixed(0)} ms and at most ${longest.toFixed(0)} ms apart, ` +
          `${paints.toFixed(1)} paints and ${steps.toFixed(0)} steps a second, ${perFrame.toFixed(1)} ms of the page's processor time a frame`,
      );
      await page.context().close();
    }
  }
}

await withPlayground(async (opened) => {
  console.log(`load average ${loadavg()[0].toFixed(1)}`);
  await measure(opened);
  console.log(`load average ${loadavg()[0].toFixed(1)}`);
});
