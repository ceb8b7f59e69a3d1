/** A part of the page that is loaded when it is first wanted. */

import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as words from '../strings/kit.ts';

export function lazy<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  name: string,
): ComponentType<Props> {
  return function Late(props: Props) {
    const [state, setState] = useState<{ View?: ComponentType<Props>; failed?: boolean }>({});
    const [attempt, setAttempt] = useState(0);
    useEffect(() => {
      let over = false;
      load().then(
        (View) => !over && setState({ View }),
        () => !over && setState({ failed: true }),
      );
      return () => {
        over = true;
      };
    }, [attempt]);
    if (state.View) return <state.View {...props} />;
    if (!state.failed) return <p class="late">{words.beingLoaded(name)}</p>;
    return (
      <p class="late" role="alert">
        {words.notLoaded(name)}{' '}
        <button type="button" onClick={() => setAttempt(attempt + 1)}>
          {words.tryAgain}
        </button>
      </p>
    );
  };
}
