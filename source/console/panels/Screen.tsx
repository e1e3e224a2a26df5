import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {ConsoleMode, Sharing} from '../deck.ts';
import type {Line} from '../present/line.ts';
import type {Screen as Model} from '../use-screen.ts';
import type {Ui} from '../ui.ts';
import {Footer, NoteRow} from './Bottom.tsx';
import {Chart} from './Chart.tsx';
import {Log} from './Log.tsx';
import {Middle} from './Middle.tsx';
import {Place} from './Place.tsx';
import {Sides, Table} from './Sides.tsx';
import {Header, Headlines, Standing} from './Top.tsx';

interface Props {
  model: Model;
  ui: Ui;
  mode: ConsoleMode;
  position: string;
  sharing: Sharing;
  footer: Line;
  dialog: ReactNode;
}

/** All panels in their places, dialogs on top. */
export function Screen({model, ui, mode, position, sharing, footer, dialog}: Props): ReactNode {
  const {scene, layout, allRows, log, logPicked} = model;
  const {columns, rows} = layout;
  const place = {scene, width: columns};
  // Rows have the width of the screen already; to cut them again would double the work of each frame.
  return (
    <Box width={columns} height={rows} flexDirection="column" overflowY="hidden">
      <Place {...place} name="header" height={1}>
        <Header {...{scene, mode, position, sharing}} width={columns} />
      </Place>
      <Place {...place} name="state" height={layout.hasLabels ? 3 : 2}>
        <Standing scene={scene} layout={layout} />
      </Place>
      <Place {...place} name="headline" height={layout.headlines}>
        <Headlines scene={scene} rows={allRows} layout={layout} />
      </Place>
      {ui.dialog?.kind === 'chart' && hasChart(model) ? (
        <ChartPlace
          model={model}
          height={layout.sidesHeight + layout.judgeHeight + layout.chartHeight}
          cursor={ui.dialog.cursor}
        />
      ) : (
        <Measured model={model} ui={ui} />
      )}
      <Place {...place} name="log" height={layout.logHeight}>
        <Log
          scene={scene}
          rows={log}
          first={model.logFirst}
          picked={logPicked}
          filter={ui.filters.log}
          width={columns}
          height={layout.logHeight}
          hasFocus={ui.focus === 'log'}
        />
      </Place>
      <Place {...place} name="note" height={1}>
        <NoteRow note={ui.note} now={scene.reading.at} width={columns} />
      </Place>
      <Place {...place} name="footer" height={1}>
        <Footer line={footer} />
      </Place>
      {dialog}
    </Box>
  );
}

function hasChart({chart, picked}: Model): boolean {
  return chart !== null && picked !== null;
}

/** The numbers, the verdict on them, and the chart of the picked metric where there is room. */
function Measured({model, ui}: Pick<Props, 'model' | 'ui'>): ReactNode {
  const {scene, layout, visible, picked, middle} = model;
  const {columns, sidesHeight, judgeHeight, chartHeight} = layout;
  const place = {scene, width: columns};
  const Metrics = layout.kind === 'wide' ? Sides : Table;
  return (
    <>
      <Place {...place} name="metrics" height={sidesHeight}>
        <Metrics
          {...{scene, layout}}
          rows={visible}
          picked={ui.focus === 'metrics' ? (picked?.metric.name ?? null) : null}
          filter={ui.filters.metrics}
          hasFocus={ui.focus === 'metrics'}
        />
      </Place>
      <Place {...place} name="verdict" height={judgeHeight}>
        <Middle panel={middle} width={columns} height={judgeHeight} />
      </Place>
      <ChartPlace model={model} height={hasChart(model) ? chartHeight : 0} />
    </>
  );
}

function ChartPlace({
  model,
  height,
  cursor = null,
}: {
  model: Model;
  height: number;
  cursor?: number | null;
}): ReactNode {
  const {scene, layout, picked, chart, chartStyle, chartTime: time} = model;
  const {columns} = layout;
  return (
    <Place name="chart" scene={scene} width={columns} height={height}>
      {chart !== null && picked !== null && (
        <Chart
          {...{scene, time, cursor, row: picked, history: chart}}
          width={columns}
          height={height}
          style={chartStyle}
        />
      )}
    </Place>
  );
}
