import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * Browsers as Debian packages them, without a window: Firefox (firefox-esr, mesa-vulkan-drivers, libvulkan1) and WebKitGTK's
 * MiniBrowser (webkit2gtk-driver, xvfb). `.ci/run` installs them.
 */

/** Starts a browser on a page, with a folder for its profile. @returns its processes, that which ends the others last */
type Launch = (url: string, profile: string) => Promise<ChildProcess[]>;

const launches = { firefox, webkit } satisfies Record<string, Launch>;
export type InstalledBrowser = keyof typeof launches;

/**
 * Opens a page in a browser of its own.
 *
 * @returns what ends the browser
 * @throws Error when it isn't installed or ends at once: a missing browser can't look like success
 */
export async function launch(browser: InstalledBrowser, url: string): Promise<() => Promise<void>> {
  const profile = await mkdtemp(join(tmpdir(), `neuromotor-${browser}-`));
  const started = await launches[browser](url, profile);
  return async () => {
    for (const each of started) await ended(each);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
}

/** Settings of a profile: WebGPU is on, and nothing is fetched that a test didn't ask for. */
const FIREFOX_SETTINGS = {
  "dom.webgpu.enabled": true,
  "gfx.webgpu.ignore-blocklist": true,
  "app.update.enabled": false,
  "app.normandy.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,",
};

async function firefox(url: string, profile: string): Promise<ChildProcess[]> {
  const settings = Object.entries(FIREFOX_SETTINGS).map(
    ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
  );
  await writeFile(join(profile, "user.js"), settings.join("\n"));
  // Mesa's software driver also where there is a GPU, so that every machine tests the same.
  const env = { VK_ICD_FILENAMES: installed("/usr/share/vulkan/icd.d", /^lvp_icd\..*json$/, "mesa-vulkan-drivers") };
  return [await start("firefox-esr", ["--headless", "--no-remote", "--profile", profile, url], env)];
}

async function webkit(url: string, profile: string): Promise<ChildProcess[]> {
  const libraries = `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`;
  const folder = installed(libraries, /^webkit2gtk-4\.\d$/, "webkit2gtk-driver");
  const screen = await start("Xvfb", ["-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp"], {}, [
    "ignore",
    "ignore",
    "ignore",
    "pipe",
  ]);
  const [number] = await once(screen.stdio[3]!, "data");
  const env = { DISPLAY: `:${String(number).trim()}`, HOME: profile, LIBGL_ALWAYS_SOFTWARE: "1" };
  return [await start(join(folder, "MiniBrowser"), [url], env), screen];
}

/** The path of a package's file. @throws Error with the package to install */
function installed(folder: string, name: RegExp, debianPackage: string): string {
  const found = existsSync(folder) ? readdirSync(folder).find((file) => name.test(file)) : undefined;
  if (!found) throw new Error(`The test browser is not installed: apt-get install ${debianPackage}.`);
  return join(folder, found);
}

async function start(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  stdio: ("ignore" | "pipe")[] = ["ignore", "ignore", "ignore"],
): Promise<ChildProcess> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio });
  await once(child, "spawn").catch((error) => {
    throw new Error(`The test browser is not installed (${error.message}). See .ci/run for the Debian packages.`);
  });
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill();
  const late = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await exit;
  clearTimeout(late);
}
