import * as files from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolderIn } from "../core/make-folder.js";

/** Makes a folder, and those above it that aren't there; see `makeFolderIn`. */
export const makeFolder = (path: string): Promise<string | undefined> => makeFolderIn(files, path, dirname);
