import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type FurtherTexts, type LanguageCode, loadFurther } from "../language/index.js";
import type { PanelProps } from "./panel.js";

/** Properties of panels that are fetched when they are needed, with their texts. */
export interface FurtherProps extends PanelProps {
  texts: FurtherTexts;
}

/** A panel that is fetched when it is first shown. */
export function lazily(load: () => Promise<FunctionComponent<FurtherProps>>): FunctionComponent<PanelProps> {
  return function Lazy({ store }) {
    const [Loaded, setLoaded] = useState<FunctionComponent<FurtherProps>>();
    const [spoken, setSpoken] = useState<{ code: LanguageCode; texts: FurtherTexts }>();
    const code = store.language.value;
    useEffect(() => {
      load().then((loaded) => setLoaded(() => loaded));
    }, []);
    useEffect(() => {
      loadFurther(code).then((texts) => setSpoken({ code, texts }));
    }, [code]);
    return Loaded && spoken ? <Loaded store={store} texts={spoken.texts} /> : null;
  };
}
