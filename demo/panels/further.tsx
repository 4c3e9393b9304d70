import "../style/further.css";
import "../style/inside.css";
import { BesidePanel } from "./beside.js";
import { ConfusionPanel } from "./confusion.js";
import { EstimatesPanel } from "./estimates.js";
import { HealthPanel } from "./health.js";
import type { FurtherProps } from "./lazily.js";
import { SharePanel } from "./share.js";
import { StepPanel } from "./step.js";

/** Panels below those of the first look. */
export function FurtherPanels(props: FurtherProps) {
  const info = props.store.info.value;
  if (!info) return null;
  return (
    <>
      {info.task === "number" ? <EstimatesPanel {...props} /> : <ConfusionPanel {...props} />}
      <HealthPanel {...props} />
      <SharePanel {...props} />
      <StepPanel {...props} />
      <BesidePanel {...props} />
    </>
  );
}
