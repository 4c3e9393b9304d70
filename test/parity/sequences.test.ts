// @module-tag slow
import { ofSequences } from "./cases.js";
import { describeParity } from "./describe-parity.js";

describeParity(ofSequences);
