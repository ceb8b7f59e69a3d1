/** The comparison of this view: made when it opens, its workers gone when it closes. */
import { useEffect, useReducer, useState } from 'preact/hooks';
import { connectSession } from '../../bridge/connect.ts';
import { Comparison } from '../../store/compare.ts';

/** Tables are looked at again this often while the lanes move: digits must be readable. */
const PANEL_MS = 100;

export function useComparison(speed: number): Comparison {
  const [comparison] = useState(
    () =>
      new Comparison(
        {
          connect: () => connectSession('one-worker'),
          now: () => performance.now(),
          onRepaint: (tick) => requestAnimationFrame(tick),
        },
        speed,
      ),
  );
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    let timer = 0;
    const look = () => {
      timer = 0;
      redraw(0);
    };
    const unsubscribe = comparison.onChange(() => {
      if (!comparison.playing) look();
      else if (timer === 0) timer = window.setTimeout(look, PANEL_MS);
    });
    return () => {
      unsubscribe();
      window.clearTimeout(timer);
      comparison.close();
    };
  }, [comparison]);
  return comparison;
}
