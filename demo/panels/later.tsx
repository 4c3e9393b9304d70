import type { FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PanelProps } from "./panel.js";

interface LaterProps extends PanelProps {
  /** Fetches the panels. */
  load: () => Promise<FunctionComponent<PanelProps>>;
}

/** Panels that are fetched when the visitor comes near them: a first visit loads what it shows. */
export function Later({ store, load }: LaterProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [Panels, setPanels] = useState<FunctionComponent<PanelProps>>();
  useEffect(() => {
    const observer = new IntersectionObserver(([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      observer.disconnect();
      load().then((loaded) => setPanels(() => loaded));
    });
    observer.observe(ref.current!);
    return () => observer.disconnect();
  }, [load]);
  return (
    <div ref={ref} id="further" class="further">
      {Panels && <Panels store={store} />}
    </div>
  );
}
