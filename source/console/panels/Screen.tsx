import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {ConsoleMode} from '../deck.ts';
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

/** All panels in their places, dialogs on top. */
export function Screen(props: {
  model: Model;
  ui: Ui;
  mode: ConsoleMode;
  position: string;
  footer: Line;
  dialog: ReactNode;
}): ReactNode {
  const {model, ui, mode, position, footer, dialog} = props;
  const {scene, layout, allRows, visible, picked, log, logPicked, middle, chart, chartStyle} = model;
  const {columns, rows} = layout;
  const isCharted = ui.dialog?.kind === 'chart' && chart !== null && picked !== null;
  const chartHeight = layout.sidesHeight + layout.judgeHeight + layout.chartHeight;
  const standing = layout.hasLabels ? 3 : 2;
  const Metrics = layout.kind === 'wide' ? Sides : Table;
  const place = {scene, width: columns};
  // Rows have the width of the screen already; to cut them again would double the work of each frame.
  return (
    <Box width={columns} height={rows} flexDirection="column" overflowY="hidden">
      <Place {...place} name="header" height={1}>
        <Header scene={scene} mode={mode} position={position} width={columns} />
      </Place>
      <Place {...place} name="state" height={standing}>
        <Standing scene={scene} layout={layout} />
      </Place>
      <Place {...place} name="headline" height={layout.headlines}>
        <Headlines scene={scene} rows={allRows} layout={layout} />
      </Place>
      {isCharted ? (
        <Place {...place} name="chart" height={chartHeight}>
          <Chart
            {...{scene, row: picked, history: chart}}
            width={columns}
            height={chartHeight}
            style={chartStyle}
          />
        </Place>
      ) : (
        <>
          <Place {...place} name="metrics" height={layout.sidesHeight}>
            <Metrics
              {...{scene, layout}}
              rows={visible}
              picked={ui.focus === 'metrics' ? (picked?.metric.name ?? null) : null}
              filter={ui.filters.metrics}
              hasFocus={ui.focus === 'metrics'}
            />
          </Place>
          <Place {...place} name="verdict" height={layout.judgeHeight}>
            <Middle panel={middle} width={columns} height={layout.judgeHeight} />
          </Place>
          <Place {...place} name="chart" height={chart !== null && picked !== null ? layout.chartHeight : 0}>
            {chart !== null && picked !== null && (
              <Chart
                {...{scene, row: picked, history: chart}}
                width={columns}
                height={layout.chartHeight}
                style={chartStyle}
              />
            )}
          </Place>
        </>
      )}
      <Place {...place} name="log" height={layout.logHeight}>
        <Log
          scene={scene}
          rows={log}
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
