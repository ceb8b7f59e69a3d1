/** The run as small charts, up to the moment shown. Nothing in them that the trace does not say. */
import { guestSpeed, reasonFigures, roundFigures } from '../../store/chart-figures.ts';
import { useApp, usePicture, useStore } from '../use-store.ts';
import { DirtiedChart } from './dirtied-chart.tsx';
import { LeftChart } from './left-chart.tsx';
import { ReasonsChart } from './reasons-chart.tsx';
import { SpeedChart } from './speed-chart.tsx';
import './charts.css';

/** Parts of the migration's time that are measured apart. */
const SLOTS = 32;

export function Charts() {
  const { player } = useApp();
  const picture = usePicture();
  const algorithm = useStore((state) => state.settings.algorithm);
  const pages = useStore((state) => state.scenario.migration.thresholdPages);
  const { events, sends } = player.history;
  const rounds = roundFigures(picture);
  const { startedAt } = picture;
  const slots = startedAt === undefined ? [] : guestSpeed(picture, events, startedAt, SLOTS);
  return (
    <div class="charts">
      <DirtiedChart rounds={rounds} />
      <LeftChart rounds={rounds} threshold={algorithm === 'pre-copy' ? pages : undefined} />
      <ReasonsChart reasons={reasonFigures(sends, picture)} />
      <SpeedChart slots={slots} origin={startedAt ?? 0} />
    </div>
  );
}
