// @module-tag slow
import { allCases, ofSequences } from "./cases.js";
import { describeParity } from "./describe-parity.js";

describeParity(Object.keys(allCases).filter((name) => !ofSequences.includes(name)));
