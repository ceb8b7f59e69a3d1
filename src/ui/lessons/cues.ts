/** Events that lessons wait for, as questions to the picture. */
import type { Picture } from '../../trace/picture.ts';

export const roundBegins =
  (number: number) =>
  ({ rounds }: Picture): boolean =>
    rounds.some(({ round }) => round === number);
export const vmPaused = ({ downtime }: Picture): boolean => downtime !== undefined;
export const vmRunsAtB = ({ downtime }: Picture): boolean => downtime?.to !== undefined;
export const translated = ({ translation }: Picture): boolean => translation !== undefined;
export const waitsForPage = ({ pages }: Picture): boolean => pages.faults > 0;
export const linkDown = ({ link }: Picture): boolean => link?.up === false;
export const switchMoved = ({ switchTable, downtime }: Picture): boolean =>
  downtime?.to !== undefined &&
  [...switchTable.values()].some(
    ({ previousPort, at }) => previousPort >= 0 && at >= downtime.from,
  );
export const completed = ({ status }: Picture): boolean => status === 'completed';
export const givenUp = ({ status }: Picture): boolean =>
  status === 'failed' || status === 'postcopy-paused';
