import { ConfusionPanel } from "./confusion.js";
import { HealthPanel } from "./health.js";
import type { PanelProps } from "./panel.js";
import { SharePanel } from "./share.js";

/** Panels below those of the first look. */
export function FurtherPanels({ store }: PanelProps) {
  return (
    <>
      <ConfusionPanel store={store} />
      <HealthPanel store={store} />
      <SharePanel store={store} />
    </>
  );
}
