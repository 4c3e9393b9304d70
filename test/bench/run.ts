import { bench } from "./main.js";

await bench(process.argv.slice(2));
