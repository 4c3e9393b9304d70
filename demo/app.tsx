import { CurvesPanel } from "./panels/curves.js";
import { DataPanel } from "./panels/data.js";
import { Header } from "./panels/header.js";
import { Later } from "./panels/later.js";
import { lazily } from "./panels/lazily.js";
import { NetworkPanel } from "./panels/network.js";
import type { PanelProps } from "./panels/panel.js";
import { SettingsPanel } from "./panels/settings.js";
import { SurfacePanel } from "./panels/surface.js";
import { Transport } from "./panels/transport.js";

const Lesson = lazily(async () => (await import("./panels/lesson.js")).LessonPanel);
const Further = lazily(async () => (await import("./panels/further.js")).FurtherPanels);

/** The page: its panels in the order in which they are read. The style sheet places them. */
export function App({ store }: PanelProps) {
  return (
    <>
      <Header store={store} />
      <Transport store={store} />
      <main>
        {store.lesson.value && <Lesson store={store} />}
        <DataPanel store={store} />
        <NetworkPanel store={store} />
        <div class="outcome">
          <SurfacePanel store={store} />
          <CurvesPanel store={store} />
        </div>
        <SettingsPanel store={store} />
        <Later>
          <Further store={store} />
        </Later>
      </main>
    </>
  );
}
